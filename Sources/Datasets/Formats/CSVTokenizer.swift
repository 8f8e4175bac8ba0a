internal import Domain

/// Splits the bytes of a CSV part into rows of fields.
///
/// - Source: RFC 4180; also reads `;` and tab between fields, bare line feeds, and a byte order mark.
struct CSVTokenizer {
  /// One row's fields, unquoted, end to end.
  struct Row {
    /// Number of the row in the file, from 1.
    fileprivate(set) var number = 0
    fileprivate(set) var bytes: [UInt8] = []
    fileprivate(set) var ends: [Int] = []

    /// How many fields it has.
    var count: Int { ends.count }

    /// True for an empty line.
    var isBlank: Bool { ends.count == 1 && bytes.isEmpty }

    /// A field without the blanks around it.
    func field(_ index: Int) -> ArraySlice<UInt8> {
      var low = index == 0 ? 0 : ends[index - 1]
      var high = ends[index]
      while low < high, bytes[low] == 0x20 || bytes[low] == 0x09 { low += 1 }
      while low < high, bytes[high - 1] == 0x20 || bytes[high - 1] == 0x09 { high -= 1 }
      return bytes[low..<high]
    }

    /// A field as text; bytes that are not UTF-8 become replacement characters.
    func text(_ index: Int) -> String {
      String(decoding: field(index), as: UTF8.self)
    }
  }

  private enum State {
    case start, plain, quoted, closed
  }

  private let reader: PartReader
  private var separator: UInt8 = 0x2C
  private var run: UnsafeRawBufferPointer
  private var position = 0
  private var number = 0

  /// Begins with the first row; the separator is the one that its first line has most of.
  init(_ reader: PartReader) throws {
    self.reader = reader
    run = try reader.run()
    if run.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    var counts: [UInt8: Int] = [:]
    var isQuoted = false
    for byte in run {
      if byte == 0x22 { isQuoted.toggle() }
      if byte == 0x0A, !isQuoted { break }
      if !isQuoted { counts[byte, default: 0] += 1 }
    }
    for candidate: UInt8 in [0x3B, 0x09] where counts[candidate, default: 0] > 0 {
      if counts[candidate, default: 0] > counts[separator, default: 0] { separator = candidate }
    }
  }

  /// Reads the next row into `row`; false at the end.
  ///
  /// - Throws: `ServiceError(.dataset)` for quotes that do not match, with the row.
  mutating func next(_ row: inout Row) throws -> Bool {
    row.bytes.removeAll(keepingCapacity: true)
    row.ends.removeAll(keepingCapacity: true)
    number += 1
    row.number = number
    var state = State.start
    var sawByte = false
    while true {
      if position == run.count {
        run = try reader.run()
        position = 0
        if run.isEmpty { break }
      }
      let byte = run[position]
      position += 1
      sawByte = true
      if state != .quoted, byte == 0x0A {
        close(&row, state)
        return true
      }
      state = try take(byte, into: &row, state)
      guard row.bytes.count <= DatasetLimits.rowBytes else {
        throw reader.fault("row \(number): longer than \(DatasetLimits.rowBytes) bytes")
      }
    }
    guard state != .quoted else {
      throw reader.fault("truncated: a quoted field of row \(number) never ends")
    }
    if sawByte { close(&row, state) }
    return sawByte
  }

  private func take(_ byte: UInt8, into row: inout Row, _ state: State) throws -> State {
    switch (state, byte) {
    case (.quoted, 0x22): return .closed
    case (.quoted, _):
      row.bytes.append(byte)
      return .quoted
    case (_, separator):
      row.ends.append(row.bytes.count)
      return .start
    case (.start, 0x22): return .quoted
    case (.closed, 0x22):
      // Two quotes inside a quoted field stand for one.
      row.bytes.append(byte)
      return .quoted
    case (.closed, 0x0D), (.closed, 0x20): return .closed
    case (.closed, _), (.plain, 0x22):
      throw reader.fault(
        "row \(number), column \(row.ends.count + 1): a quote in the middle of a field")
    default:
      row.bytes.append(byte)
      return .plain
    }
  }

  private func close(_ row: inout Row, _ state: State) {
    if state == .plain, row.bytes.last == 0x0D { row.bytes.removeLast() }
    row.ends.append(row.bytes.count)
  }
}
