import CZlib
import Datasets
import Domain
import Foundation
import Testing

/// A vault in a folder of its own, gone with the fixture.
final class Fixture {
  let folder: String
  let vault: FileDatasetVault

  init(
    limitBytes: Int = 1 << 30, unpackedLimitBytes: Int? = nil,
    readCodes: @escaping NASTableFormat.CodeReader = { _ in { $0 } }
  ) {
    folder = NSTemporaryDirectory() + "datasets-" + UUID().uuidString
    vault = FileDatasetVault(
      folder: folder, limitBytes: limitBytes, unpackedLimitBytes: unpackedLimitBytes,
      readCodes: readCodes)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Uploads parts and seals them.
  func seal(
    _ format: String, _ parts: [String: [UInt8]], _ options: DatasetOptions = DatasetOptions()
  ) throws -> DatasetContent {
    var files: [DatasetFile] = []
    for part in parts.keys.sorted() {
      files.append(try upload(parts[part] ?? [], format: format, part: part))
    }
    return try vault.seal(
      Dataset(
        id: "ds_test", name: "test", isBuiltIn: false, format: format, options: options,
        state: .open, files: files, content: nil, created: Date(timeIntervalSince1970: 0)))
  }

  /// Uploads one part in pieces of 1000 bytes.
  func upload(_ bytes: [UInt8], format: String, part: String) throws -> DatasetFile {
    let upload = try vault.beginUpload(dataset: "ds_test", format: format, part: part)
    for start in stride(from: 0, to: bytes.count, by: 1000) {
      try Array(bytes[start..<min(start + 1000, bytes.count)]).withUnsafeBytes {
        try upload.write($0)
      }
    }
    return try upload.finish()
  }

  /// Opens a sealed set.
  func map(_ content: DatasetContent) throws -> DatasetMap {
    try DatasetMap(path: vault.path(digest: content.digest), content: content)
  }

  /// The message of the refusal that sealing ends in, or nil where it is not refused.
  func refusal(
    _ format: String, _ parts: [String: [UInt8]], _ options: DatasetOptions = DatasetOptions()
  ) throws -> String? {
    do {
      _ = try seal(format, parts, options)
      return nil
    } catch let error as ServiceError {
      #expect(error.code == .dataset || error.code == .tooLarge)
      #expect(try names("datasets").isEmpty, "a refused set left a file")
      return error.message
    }
  }

  /// Names of the files in a folder of the vault.
  func names(_ folder: String) throws -> [String] {
    let path = self.folder + "/" + folder
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }
}

/// The rows that an order of the role `test` may read.
func testRows(_ map: DatasetMap, _ content: DatasetContent) throws -> Rows {
  let permit = try #require(TestPermit(order(.test, content)))
  return try map.testRows(for: permit)
}

/// An order of a role, all else of no account.
func order(_ role: WorkOrder.Role, _ content: DatasetContent) -> WorkOrder {
  WorkOrder(
    job: "job_1", role: role, number: 1, repetition: 0, attempt: 1, seed: 0,
    space: ComponentChoice("mlp"), genotype: Genotype([]), datasetPath: "", dataset: content,
    schedule: TrainingSchedule(samplesSeen: 1), parentWeights: nil, weightsFolder: nil,
    secondsLeft: nil, memoryLimitBytes: 0,
    numerics: Numerics(engineVersion: "1", isa: "generic", threads: 1))
}

/// An IDX file of unsigned bytes.
func idx(_ sizes: [Int], _ values: [UInt8]) -> [UInt8] {
  [0, 0, 8, UInt8(sizes.count)]
    + sizes.flatMap { size in (0..<4).reversed().map { UInt8(truncatingIfNeeded: size >> (8 * $0)) }
    }
    + values
}

/// A CIFAR record whose planes hold 1, 2 and 3 and whose first pixel's red is `mark`.
func record(_ label: UInt8, mark: UInt8 = 1) -> [UInt8] {
  var bytes = [label] + (1...3).flatMap { [UInt8](repeating: $0, count: 1024) }
  bytes[1] = mark
  return bytes
}

/// Bytes packed as a gzip member.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
  var stream = z_stream()
  deflateInit2_(
    &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
    Int32(MemoryLayout<z_stream>.size))
  defer { deflateEnd(&stream) }
  var input = bytes
  var output = [UInt8](repeating: 0, count: bytes.count + 1000)
  let count = input.withUnsafeMutableBufferPointer { input in
    output.withUnsafeMutableBufferPointer { output in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(input.count)
      stream.next_out = output.baseAddress
      stream.avail_out = UInt32(output.count)
      deflate(&stream, Z_FINISH)
      return output.count - Int(stream.avail_out)
    }
  }
  return Array(output[..<count])
}

/// Ten rows of two features and a label that is 0 or 1 by turns.
let smallCSV = "x,y,label\n" + (0..<10).map { "\($0),\($0 * 2).5,\($0 % 2)\n" }.joined()

extension String {
  var bytes: [UInt8] { Array(utf8) }
}
