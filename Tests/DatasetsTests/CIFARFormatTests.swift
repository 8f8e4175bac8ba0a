import Datasets
import Domain
import Testing

@Suite struct CIFARFormatTests {
  let file = (0..<8).flatMap { record(UInt8($0 % 2), mark: UInt8(100 + $0)) }

  @Test func `planes become channels and packed files may follow one another`() throws {
    let fixture = Fixture()
    let half = file.count / 2
    let content = try fixture.seal(
      "cifar-binary",
      ["train": gzip(Array(file[..<half])) + gzip(Array(file[half...])), "test": file])
    #expect(content.shape == TensorShape(height: 32, width: 32, channels: 3))
    #expect(content.classes.count == 10)
    let rows = try fixture.map(content).fittingRows
    #expect(rows.count == 8)
    #expect(rows.values(5)[..<6] == [105, 2, 3, 1, 2, 3])
    #expect(rows.label(5) == 1)
  }

  @Test func `a broken file is refused with the record or byte`() throws {
    func refusal(_ bytes: [UInt8]) throws -> String {
      try #require(try Fixture().refusal("cifar-binary", ["train": bytes]))
    }
    #expect(try refusal([]).contains("zero rows"))
    let short = try refusal(Array(file.dropLast(3)))
    #expect(
      short.contains("record 8 has 3070 of 3073 bytes; the data ends at byte 24581"), "\(short)")
    let label = try refusal(file + record(10))
    #expect(label.contains("label 10 of row 9 at byte 24584 is out of range"), "\(label)")
    #expect(try refusal((0..<8).flatMap { _ in record(3) }).contains("one class"))
  }
}
