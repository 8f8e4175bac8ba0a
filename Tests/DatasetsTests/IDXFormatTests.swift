import Datasets
import Domain
import Testing

/// Eight grey images of 2 × 3 whose first value is the row's number, labels 0 and 1 by turns.
private let images = idx(
  [8, 2, 3], (0..<8).flatMap { row in [UInt8(row)] + [UInt8](repeating: 9, count: 5) })
private let labels = idx([8], (0..<8).map { UInt8($0 % 2) })

@Suite struct IDXFormatTests {
  @Test func `grey images with an official test part keep their order and labels`() throws {
    let fixture = Fixture()
    let content = try fixture.seal(
      "idx",
      [
        "train_images": images, "train_labels": gzip(labels), "test_images": gzip(images),
        "test_labels": labels,
      ])
    #expect(content.shape == TensorShape(height: 2, width: 3, channels: 1))
    #expect(content.classes == ["0", "1"])
    #expect(content.testSplit == "official")
    #expect(content.trainCounts == [4, 4] && content.testCounts == [4, 4])
    #expect(content.minimum == 0 && content.maximum == 9)
    let map = try fixture.map(content)
    for rows in [map.fittingRows, try testRows(map, content)] {
      #expect((0..<8).map { rows.values($0)[0] } == (0..<8).map(Float.init))
      #expect((0..<8).map(rows.label) == [0, 1, 0, 1, 0, 1, 0, 1])
    }
  }

  @Test func `colour images are read as they lie`() throws {
    let fixture = Fixture()
    let pixels = (0..<6).flatMap { row in (0..<6).map { UInt8(row * 10 + $0) } }
    let content = try fixture.seal(
      "idx",
      [
        "train_images": idx([6, 1, 2, 3], pixels), "train_labels": idx([6], [0, 0, 0, 1, 1, 1]),
        "test_images": idx([6, 1, 2, 3], pixels), "test_labels": idx([6], [0, 0, 0, 1, 1, 1]),
      ])
    #expect(content.shape == TensorShape(height: 1, width: 2, channels: 3))
    #expect(try fixture.map(content).fittingRows.values(2) == [20, 21, 22, 23, 24, 25])
  }

  @Test func `labels count classes up to the class names`() throws {
    let content = try Fixture().seal(
      "idx", ["train_images": images, "train_labels": labels],
      DatasetOptions(classNames: ["cat", "dog", "bird"]))
    #expect(content.classes == ["cat", "dog", "bird"])
    #expect(content.trainCounts == [3, 3, 0])
  }

  @Test(arguments: [
    (
      "train_images", Array(images.dropLast()),
      "8 images, which end at byte 64, but the data ends at byte 63"
    ),
    ("train_images", images + [1], "ends at byte 64, but more follow"),
    ("train_images", [0, 0, 9] + images[3...], "wrong magic 00 00 09 03 at byte 0"),
    ("train_images", Array(images[..<10]), "the header ends at byte 10"),
    ("train_images", [], "the header ends at byte 0"),
    ("train_images", idx([0, 2, 3], []), "zero rows"),
    ("train_images", idx([8, 0, 3], []), "size 0 of dimension 2 at byte 8"),
    (
      "train_labels", idx([7], [0, 1, 0, 1, 0, 1, 0]),
      "7 labels at byte 4, but train_images has 8"
    ),
    (
      "train_labels", Array(labels.dropLast(2)),
      "which end at byte 16, but the data ends at byte 14"
    ),
    ("train_labels", labels + [0], "trailing bytes"),
    ("train_labels", labels.dropLast() + [2], "label 2 of row 8 at byte 15 is out of range"),
    ("train_labels", idx([8], [UInt8](repeating: 1, count: 8)), "one class"),
  ])
  func `a broken file is refused with the byte`(
    part: String, bytes: [UInt8], message: String
  ) throws {
    var parts = ["train_images": images, "train_labels": labels]
    parts[part] = bytes
    let refusal = try #require(
      try Fixture().refusal("idx", parts, DatasetOptions(classNames: ["a", "b"])))
    #expect(refusal.contains(message), "\(refusal)")
  }

  @Test func `test labels may not bring a new class, nor test images another shape`() throws {
    var parts = [
      "train_images": images, "train_labels": labels, "test_images": images,
      "test_labels": idx([8], [0, 1, 0, 1, 0, 1, 0, 2]),
    ]
    let label = try #require(try Fixture().refusal("idx", parts))
    #expect(label.contains("test_labels: label 2 of row 8 at byte 15"), "\(label)")
    parts["test_images"] = idx([8, 3, 2], [UInt8](repeating: 0, count: 48))
    let shape = try #require(try Fixture().refusal("idx", parts))
    #expect(shape.contains("images of 3×2×1 at byte 4"), "\(shape)")
    parts["test_images"] = nil
    let missing = try #require(try Fixture().refusal("idx", parts))
    #expect(missing.contains("test_images: missing"), "\(missing)")
    parts = ["train_images": images]
    #expect(try Fixture().refusal("idx", parts)?.contains("train_labels: missing") == true)
  }
}
