internal import Domain
internal import Foundation

/// The head of a decoded benchmark table's file: what it holds and where.
///
/// Layout: magic, length of the JSON (UInt32), JSON, zeros to 64; ends of the rows' strings (UInt32)
/// and the strings, ascending by their bytes, zeros to 8; signals and costs (Double); zeros to 4096;
/// reports (Double). All little endian. The reports lie apart so that they need not even be mapped.
struct TableHeader: Codable, Hashable, Sendable {
  let space: ComponentChoice
  let shape: TensorShape
  let classes: [String]
  /// Names of the columns.
  let signal: String
  let report: String
  let cost: String?
  let rows: Int
  /// Bytes of all strings.
  let textBytes: Int

  static let magic = Array("ATTABL1\n".utf8)

  private enum CodingKeys: String, CodingKey {
    case space, shape, classes, signal, report, cost, rows
    case textBytes = "text_bytes"
  }

  /// The head's bytes.
  func encoded() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let json = try encoder.encode(self)
    var bytes = TableHeader.magic
    withUnsafeBytes(of: UInt32(json.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: json)
    bytes.append(contentsOf: [UInt8](repeating: 0, count: -bytes.count & 63))
    return bytes
  }

  /// Positions in the file of each kind of value.
  struct Extents: Hashable, Sendable {
    let ends: Range<Int>
    let text: Range<Int>
    let signals: Range<Int>
    /// Empty where the table has no column of costs.
    let costs: Range<Int>
    let reports: Range<Int>
  }

  /// Where everything lies after a head of so many bytes.
  func extents(headerBytes: Int) -> Extents {
    let ends = headerBytes..<headerBytes + 4 * rows
    let text = ends.upperBound..<ends.upperBound + textBytes
    let start = (text.upperBound + 7) & ~7
    let signals = start..<start + 8 * rows
    let costs = signals.upperBound..<signals.upperBound + (cost == nil ? 0 : 8 * rows)
    let last = (costs.upperBound + 4095) & ~4095
    return Extents(
      ends: ends, text: text, signals: signals, costs: costs, reports: last..<last + 8 * rows)
  }

  /// Reads the head of a file.
  ///
  /// - Throws: `ServiceError(.storage)` when it is not such a file, or not as long as its head says.
  static func read(_ descriptor: Int32, path: String) throws -> (TableHeader, bytes: Int) {
    func broken(_ why: String) -> ServiceError {
      ServiceError(.storage, "\(path) is not a decoded benchmark table: \(why)")
    }
    var start = [UInt8](repeating: 0, count: 12)
    guard pread(descriptor, &start, 12, 0) == 12, start.starts(with: magic) else {
      throw broken("wrong magic at byte 0")
    }
    let length = start[8...].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= 1 << 24 else { throw broken("a head of \(length) bytes") }
    var json = [UInt8](repeating: 0, count: length)
    guard pread(descriptor, &json, length, 12) == length else {
      throw broken("the head is cut short")
    }
    let header: TableHeader
    do {
      header = try JSONDecoder().decode(TableHeader.self, from: Data(json))
    } catch {
      throw broken("the head cannot be read: \(error)")
    }
    let bytes = (12 + length + 63) & ~63
    guard (1...1 << 30).contains(header.rows), (0...1 << 40).contains(header.textBytes) else {
      throw broken("\(header.rows) rows with \(header.textBytes) bytes of text")
    }
    let size = header.extents(headerBytes: bytes).reports.upperBound
    var status = stat()
    guard fstat(descriptor, &status) == 0, Int(status.st_size) == size else {
      throw broken("\(status.st_size) bytes instead of \(size)")
    }
    return (header, bytes)
  }
}
