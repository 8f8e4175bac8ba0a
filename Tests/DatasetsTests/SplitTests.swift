import Datasets
import Domain
import Foundation
import Testing

@Suite struct SplitTests {
  /// 60 rows whose only feature is their number; classes of 30, 20 and 10 rows.
  private let text = (0..<60).map { "\($0),\(min(2, $0 % 6 / 3 + ($0 % 6 == 5 ? 1 : 0)))\n" }
    .joined()

  private func values(_ rows: Rows) -> [Float] {
    (0..<rows.count).map { rows.values($0)[0] }
  }

  @Test func `a held-out test split is stratified and fixed by the data set`() throws {
    let fixture = Fixture()
    let content = try fixture.seal("csv", ["train": text.bytes])
    #expect(content.testSplit == "held out")
    #expect(content.testCounts == [6, 4, 2])
    #expect(content.trainCounts == [24, 16, 8])
    let map = try fixture.map(content)
    let test = values(try testRows(map, content))
    #expect(Set(test).union(values(map.fittingRows)).count == 60)
    let other = try fixture.seal("csv", ["train": text.bytes], DatasetOptions(testSeed: 1))
    #expect(other.digest != content.digest)
    #expect(values(try testRows(fixture.map(other), other)) != test)
  }

  @Test func `a job's seed draws train and validation, stratified and apart`() throws {
    let fixture = Fixture()
    let content = try fixture.seal("csv", ["train": text.bytes])
    let map = try fixture.map(content)
    let test = Set(values(try testRows(map, content)))
    var seen: Set<[Float]> = []
    for seed: UInt64 in 0..<4 {
      let split = Split(map, content, jobSeed: seed)
      let (train, validation) = (values(split.train), values(split.validation))
      #expect(validation.count == 12 && train.count == 36)
      #expect(train.count == content.fittingRows)
      #expect((0..<12).map(split.validation.label).filter { $0 == 0 }.count == 6)
      #expect(Set(train).union(validation).count == 48)
      #expect(test.isDisjoint(with: train) && test.isDisjoint(with: validation))
      #expect(values(Split(map, content, jobSeed: seed).validation) == validation)
      seen.insert(validation)
    }
    #expect(seen.count == 4)
  }

  @Test func `only an order of the role test is permitted to read the test split`() throws {
    let content = try Fixture().seal("csv", ["train": text.bytes])
    #expect(TestPermit(order(.trial, content)) == nil)
    #expect(TestPermit(order(.selection, content)) == nil)
    #expect(TestPermit(order(.test, content)) != nil)
  }

  @Test func `the built-in digits are 60, 20 and 20 percent of 1797 rows`() throws {
    let fixture = Fixture()
    let dataset = try #require(
      try BuiltinDatasets.install(in: fixture.vault, at: Date(timeIntervalSince1970: 0)).first)
    let content = try #require(dataset.content)
    #expect(dataset.name == "digits" && dataset.isBuiltIn && dataset.state == .sealed)
    #expect(content.shape == TensorShape(height: 8, width: 8, channels: 1))
    #expect(content.classes == (0...9).map(String.init))
    #expect(content.trainRows + content.testRows == 1797)
    #expect(content.minimum == 0 && content.maximum == 16)
    #expect(content.licence == "CC BY 4.0")
    let split = Split(try fixture.map(content), content, jobSeed: 0)
    #expect(abs(Double(content.testRows) / 1797 - 0.2) < 0.003)
    #expect(abs(Double(split.validation.count) / 1797 - 0.2) < 0.003)
    #expect(try fixture.names("datasets") == [content.digest + ".atd"])
    #expect(content.digest == "52dbecfc6df518ebe6fd1e9e9c6921ec03bcb19612036d4bba0a61083554322f")
  }
}
