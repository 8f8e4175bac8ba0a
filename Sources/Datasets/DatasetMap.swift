package import Domain
internal import Foundation

/// A decoded data set's file, its rows outside the test split mapped into memory.
///
/// The test split is mapped only by `testRows(for:)`, which asks for a permit that no order but a
/// test has: nothing else in the program can read a test row.
package final class DatasetMap: Sendable {
  private let path: String
  private let header: DecodedHeader
  private let headerBytes: Int
  private let section: RowSection

  /// Opens a decoded file.
  ///
  /// - Throws: `ServiceError(.storage)` when it is missing, damaged or another set than `content`.
  package init(path: String, content: DatasetContent) throws {
    self.path = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFault.error("open", path) }
    defer { close(descriptor) }
    (header, headerBytes) = try DecodedHeader.read(descriptor, path: path)
    guard header.shape == content.shape, header.classes == content.classes,
      header.trainRows == content.trainRows, header.testRows == content.testRows,
      content.trainCounts.count == content.classes.count
    else {
      throw ServiceError(.storage, "\(path) holds another data set than \(content.digest)")
    }
    section = try RowSection(
      descriptor, header, header.extents(headerBytes: headerBytes).train, path: path)
  }

  /// The shape of one row.
  package var shape: TensorShape { header.shape }

  /// Names of the classes.
  package var classes: [String] { header.classes }

  /// All rows outside the test split.
  package var fittingRows: Rows {
    Rows(section: section, indices: (0..<Int32(section.count)).map { $0 })
  }

  /// The rows of the test split.
  ///
  /// - Throws: `ServiceError(.storage)` when they cannot be mapped.
  package func testRows(for permit: TestPermit) throws -> Rows {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFault.error("open", path) }
    defer { close(descriptor) }
    let test = try RowSection(
      descriptor, header, header.extents(headerBytes: headerBytes).test, path: path)
    return Rows(section: test, indices: (0..<Int32(test.count)).map { $0 })
  }
}

/// The right to read a test split: only an order of the role `test` gives it, and the comparison of
/// strategies on a table.
package struct TestPermit: Sendable {
  /// The permit to judge searches that have ended; none of them sees what is read by it.
  package static let comparison = TestPermit()

  private init() {}

  /// The permit of an order, or nil for one that searches or selects.
  package init?(_ order: WorkOrder) {
    guard order.role == .test else { return nil }
  }
}
