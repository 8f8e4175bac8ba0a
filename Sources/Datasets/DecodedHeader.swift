internal import Domain
internal import Foundation

/// The head of a decoded data set's file: what it holds and where.
///
/// Layout: magic, length of the JSON (UInt32), JSON, zeros to 64; values of the rows outside the test
/// split (NHWC), zeros to 4; their labels (Int32); zeros to 4096; values and labels of the test rows
/// likewise. All little endian. The test rows lie apart so that they need not even be mapped.
struct DecodedHeader: Codable, Hashable, Sendable {
  enum ValueType: String, Codable, Sendable {
    case u8, f32

    /// Bytes of one value.
    var size: Int { self == .u8 ? 1 : 4 }
  }

  let shape: TensorShape
  let type: ValueType
  let classes: [String]
  let trainRows: Int
  let testRows: Int
  /// `official` or `held out`.
  let testSplit: String
  /// Of a held-out test split.
  let testFraction: Double?
  let testSeed: Int?

  static let magic = Array("ATDATA1\n".utf8)

  private enum CodingKeys: String, CodingKey {
    case shape
    case type = "dtype"
    case classes
    case trainRows = "train_rows"
    case testRows = "test_rows"
    case testSplit = "test_split"
    case testFraction = "test_fraction"
    case testSeed = "test_seed"
  }

  /// The head's bytes.
  func encoded() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let json = try encoder.encode(self)
    var bytes = DecodedHeader.magic
    withUnsafeBytes(of: UInt32(json.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: json)
    bytes.append(contentsOf: [UInt8](repeating: 0, count: -bytes.count & 63))
    return bytes
  }

  /// Where one part of the rows lies in the file.
  struct Extent: Hashable, Sendable {
    let rows: Int
    let values: Range<Int>
    let labels: Range<Int>
  }

  /// Positions of the rows outside the test split and of those in it.
  func extents(headerBytes: Int) -> (train: Extent, test: Extent) {
    func extent(_ rows: Int, at start: Int) -> Extent {
      let values = start..<start + rows * shape.count * type.size
      let labels = (values.upperBound + 3) & ~3
      return Extent(rows: rows, values: values, labels: labels..<labels + rows * 4)
    }
    let train = extent(trainRows, at: headerBytes)
    return (train, extent(testRows, at: (train.labels.upperBound + 4095) & ~4095))
  }

  /// Reads the head of a file.
  ///
  /// - Throws: `ServiceError(.storage)` when it is not such a file, or shorter than its head says.
  static func read(_ descriptor: Int32, path: String) throws -> (DecodedHeader, bytes: Int) {
    func broken(_ why: String) -> ServiceError {
      ServiceError(.storage, "\(path) is not a decoded data set: \(why)")
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
    let header: DecodedHeader
    do {
      header = try JSONDecoder().decode(DecodedHeader.self, from: Data(json))
    } catch {
      throw broken("the head cannot be read: \(error)")
    }
    let bytes = (12 + length + 63) & ~63
    let size = header.extents(headerBytes: bytes).test.labels.upperBound
    var status = stat()
    guard fstat(descriptor, &status) == 0, Int(status.st_size) == size else {
      throw broken("\(status.st_size) bytes instead of \(size)")
    }
    return (header, bytes)
  }
}
