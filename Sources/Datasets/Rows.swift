package import Domain
internal import Foundation

/// Some rows of a data set in a fixed order; the values stay in the mapped file.
package struct Rows: Sendable {
  let section: RowSection
  /// Rows of the section.
  let indices: [Int32]

  /// How many rows.
  package var count: Int { indices.count }

  /// The shape of one row.
  package var shape: TensorShape { section.shape }

  /// The class index of a row.
  package func label(_ row: Int) -> Int {
    Int(section.labels[Int(indices[row])])
  }

  /// The same rows in another order.
  package func shuffled(using generator: inout SeededGenerator) -> Rows {
    Rows(section: section, indices: generator.shuffled(indices))
  }

  /// The raw values of a row, NHWC.
  package func values(_ row: Int) -> [Float] {
    section.values(Int(indices[row]))
  }
}

/// A mapped run of rows with their labels.
final class RowSection: Sendable {
  let shape: TensorShape
  let type: DecodedHeader.ValueType
  let count: Int
  private let valueMap: MemoryMap
  private let labelMap: MemoryMap

  init(
    _ descriptor: Int32, _ header: DecodedHeader, _ extent: DecodedHeader.Extent, path: String
  ) throws {
    shape = header.shape
    type = header.type
    count = extent.rows
    valueMap = try MemoryMap(
      descriptor, offset: extent.values.lowerBound, count: extent.values.count, path: path)
    labelMap = try MemoryMap(
      descriptor, offset: extent.labels.lowerBound, count: extent.labels.count, path: path)
    for label in labels where !header.classes.indices.contains(Int(label)) {
      throw ServiceError(.storage, "\(path) is damaged: label \(label) is no class")
    }
  }

  /// Class index of each row.
  var labels: UnsafeBufferPointer<Int32> { labelMap.bytes.bindMemory(to: Int32.self) }

  /// All values where they are bytes.
  var bytes: UnsafeBufferPointer<UInt8> { valueMap.bytes.bindMemory(to: UInt8.self) }

  /// All values where they are floats.
  var floats: UnsafeBufferPointer<Float> { valueMap.bytes.bindMemory(to: Float.self) }

  /// The values of one row.
  func values(_ row: Int) -> [Float] {
    let range = row * shape.count..<(row + 1) * shape.count
    return type == .u8 ? bytes[range].map { Float($0) } : Array(floats[range])
  }
}
