package import Domain
internal import Foundation

/// A decoded benchmark table's file, its strings, signals and costs mapped into memory.
///
/// The reports are mapped only for a permit, which no order but a test has: no search can read one.
package final class TableMap: Sendable {
  /// What a search may know of an architecture.
  package struct Entry: Hashable, Sendable {
    /// Row in the file, whose rows are sorted by string.
    package let row: Int
    /// An accuracy, 0…1.
    package let signal: Double
    /// What measuring it costs, in the table's own unit; nil where the table does not say.
    package let cost: Double?
  }

  private let path: String
  private let header: TableHeader
  private let extents: TableHeader.Extents
  private let map: MemoryMap

  /// Opens a decoded table.
  ///
  /// - Throws: `ServiceError(.storage)` when it is missing, damaged or another table than `content`.
  package init(path: String, content: DatasetContent) throws {
    self.path = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFault.error("open", path) }
    defer { close(descriptor) }
    let (header, headerBytes) = try TableHeader.read(descriptor, path: path)
    guard header.rows == content.trainRows, header.shape == content.shape,
      header.space == content.table?.space, header.signal == content.table?.signal
    else {
      throw ServiceError(.storage, "\(path) holds another table than \(content.digest)")
    }
    self.header = header
    extents = header.extents(headerBytes: headerBytes)
    map = try MemoryMap(descriptor, offset: 0, count: extents.costs.upperBound, path: path)
    var last = 0
    for row in 0..<header.rows {
      let end = self.end(row)
      guard end >= last, end <= header.textBytes else {
        throw ServiceError(.storage, "\(path): the string of row \(row) lies outside the file")
      }
      last = end
    }
  }

  /// The row of an architecture's exact string; nil where it was not measured.
  ///
  /// - Complexity: O(log rows).
  package func entry(of code: String) -> Entry? {
    let wanted = Array(code.utf8)
    var low = 0
    var high = header.rows
    while low < high {
      let middle = (low + high) / 2
      let text = self.text(middle)
      if text.elementsEqual(wanted) {
        let cost = header.cost.map { _ in
          double(in: map.bytes, at: extents.costs.lowerBound + 8 * middle)
        }
        return Entry(
          row: middle,
          signal: double(in: map.bytes, at: extents.signals.lowerBound + 8 * middle), cost: cost)
      }
      if text.lexicographicallyPrecedes(wanted) { low = middle + 1 } else { high = middle }
    }
    return nil
  }

  /// The report of a row, an accuracy in 0…1.
  ///
  /// - Throws: `ServiceError(.storage)` when it cannot be mapped.
  package func report(of entry: Entry, for permit: TestPermit) throws -> Double {
    let reports = try mapReports()
    return double(in: reports.bytes, at: 8 * entry.row)
  }

  /// All rows by column, ascending by string.
  package struct Columns: Hashable, Sendable {
    package let codes: [String]
    /// Accuracies in 0…1.
    package let signals: [Double]
    package let reports: [Double]
    /// In the table's own unit; nil where the table does not say.
    package let costs: [Double]?
  }

  /// The whole table.
  ///
  /// - Throws: `ServiceError(.storage)` when it cannot be mapped.
  package func columns(for permit: TestPermit) throws -> Columns {
    let rows = 0..<header.rows
    let (bytes, reports) = (map.bytes, try mapReports())
    return Columns(
      codes: rows.map { String(decoding: text($0), as: UTF8.self) },
      signals: rows.map { double(in: bytes, at: extents.signals.lowerBound + 8 * $0) },
      reports: rows.map { double(in: reports.bytes, at: 8 * $0) },
      costs: header.cost.map { _ in
        rows.map { double(in: bytes, at: extents.costs.lowerBound + 8 * $0) }
      })
  }

  private func mapReports() throws -> MemoryMap {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFault.error("open", path) }
    defer { close(descriptor) }
    return try MemoryMap(
      descriptor, offset: extents.reports.lowerBound, count: extents.reports.count, path: path)
  }

  private func text(_ row: Int) -> UnsafeRawBufferPointer {
    let start = extents.text.lowerBound
    let low = start + (row == 0 ? 0 : end(row - 1))
    return UnsafeRawBufferPointer(rebasing: map.bytes[low..<start + end(row)])
  }

  private func end(_ row: Int) -> Int {
    Int(
      UInt32(
        littleEndian: map.bytes.loadUnaligned(
          fromByteOffset: extents.ends.lowerBound + 4 * row, as: UInt32.self)))
  }

  private func double(in bytes: UnsafeRawBufferPointer, at offset: Int) -> Double {
    Double(
      bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    )
  }
}
