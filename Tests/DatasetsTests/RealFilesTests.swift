import Datasets
import Domain
import Foundation
import Testing

/// The published files, where they are at hand: `ATELIER_TEST_DATA`, else `../shared/data`.
@Suite struct RealFilesTests {
  private static let folder =
    ProcessInfo.processInfo.environment["ATELIER_TEST_DATA"]
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path + "/shared/data"

  /// The bytes of files, or nil with a printed reason.
  private func load(_ files: [String: String]) throws -> [String: [UInt8]]? {
    var parts: [String: [UInt8]] = [:]
    for (part, name) in files {
      let path = RealFilesTests.folder + "/" + name
      guard FileManager.default.fileExists(atPath: path) else {
        print("skipped: \(path) is missing; ATELIER_TEST_DATA names its folder")
        return nil
      }
      parts[part] = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }
    return parts
  }

  private func idxFiles(_ name: String) -> [String: String] {
    [
      "train_images": "\(name)-train-images-idx3-ubyte.gz",
      "train_labels": "\(name)-train-labels-idx1-ubyte.gz",
      "test_images": "\(name)-t10k-images-idx3-ubyte.gz",
      "test_labels": "\(name)-t10k-labels-idx1-ubyte.gz",
    ]
  }

  @Test func `MNIST has its known counts and moments`() throws {
    guard let parts = try load(idxFiles("mnist")) else { return }
    let content = try Fixture().seal("idx", parts)
    #expect(content.shape == TensorShape(height: 28, width: 28, channels: 1))
    #expect(content.trainRows == 60_000 && content.testRows == 10_000)
    #expect(content.trainCounts == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
    #expect(abs(content.mean / 255 - 0.1307) < 1e-4)
    #expect(abs(content.deviation / 255 - 0.3081) < 1e-4)
    #expect(abs(content.fittingRows - 50_000) < 10)
  }

  @Test func `the 900 pictures of Fashion-MNIST are balanced`() throws {
    guard let parts = try load(idxFiles("fashion900")) else { return }
    let content = try Fixture().seal("idx", parts)
    #expect(content.trainCounts == [Int](repeating: 72, count: 10))
    #expect(content.testCounts == [Int](repeating: 18, count: 10))
  }

  @Test func `the CIFAR-10 records have the published channel means`() throws {
    let files = ["train": "cifar10-train-10000.bin.gz", "test": "cifar10-test-2000.bin.gz"]
    guard let parts = try load(files) else { return }
    let fixture = Fixture()
    let content = try fixture.seal("cifar-binary", parts)
    #expect(content.trainCounts == [Int](repeating: 1000, count: 10))
    let normalisation = Normalisation(fitting: try fixture.map(content).fittingRows)
    for (channel, mean) in [0.4914, 0.4822, 0.4465].enumerated() {
      #expect(abs(Double(normalisation.mean[channel]) / 255 - mean) < 0.01)
    }
  }
}
