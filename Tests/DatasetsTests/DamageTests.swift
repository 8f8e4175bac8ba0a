import Datasets
import Domain
import Testing

@Suite struct DamageTests {
  /// One to three random edits: a byte changed, bytes cut out, bytes put in.
  private func damaged(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0...generator.below(3) where !bytes.isEmpty {
      let place = generator.below(bytes.count)
      switch generator.below(3) {
      case 0: bytes[place] = UInt8(generator.below(256))
      case 1: bytes.removeSubrange(place..<min(bytes.count, place + 1 + generator.below(8)))
      default:
        let extra = (0...generator.below(8)).map { _ in UInt8(generator.below(256)) }
        bytes.insert(contentsOf: extra, at: place)
      }
    }
    return bytes
  }

  @Test func `a file with random damage is read or refused, never more`() throws {
    let images = idx([8, 2, 3], [UInt8](repeating: 7, count: 48))
    let labels = idx([8], (0..<8).map { UInt8($0 % 2) })
    let sets: [(format: String, parts: [String: [UInt8]])] = [
      ("csv", ["train": smallCSV.bytes]),
      ("csv", ["train": "\"a;b\";c\n1;x\n2;y\n3;x\n4;y\n5;x\n6;\"y\"\n".bytes]),
      ("csv", ["train": gzip(smallCSV.bytes)]),
      ("idx", ["train_images": images, "train_labels": labels]),
      ("idx", ["train_images": gzip(images), "train_labels": labels]),
      ("cifar-binary", ["train": gzip((0..<8).flatMap { record(UInt8($0 % 2)) })]),
    ]
    for (index, set) in sets.enumerated() {
      var refused = 0
      for seed in 0..<60 {
        var generator = SeededGenerator(seed: UInt64(index * 1000 + seed))
        let parts = set.parts.keys.sorted()
        let part = parts[generator.below(parts.count)]
        var changed = set.parts
        changed[part] = damaged(changed[part] ?? [], &generator)
        do {
          _ = try Fixture(unpackedLimitBytes: 1 << 20).seal(set.format, changed)
        } catch let error as ServiceError {
          #expect(error.code == .dataset || error.code == .tooLarge, "seed \(seed): \(error)")
          refused += 1
        }
      }
      #expect(refused > 20, "set \(index)")
    }
  }
}
