import Architectures
import Datasets
import Domain
import Engine
import Testing
import Training

@Suite struct TruthTests {
  @Test func `the parts share no image and are the same each time`() throws {
    let task = TruthTask()
    let digits = try BuiltinDigits()
    #expect(digits.labels.count == 1_797)
    let parts = task.parts(of: digits)
    let again = task.parts(of: digits)
    #expect(parts.train.values == again.train.values && parts.test.values == again.test.values)
    #expect(parts.train.labels.count == task.trained)
    #expect(parts.validation.labels.count == task.validated * task.copies)
    #expect(
      parts.test.labels.count == (1_797 - task.trained - task.validated) * task.copies)
    let all = [parts.train, parts.validation, parts.test]
    #expect(all.allSatisfy { $0.values.count == $0.labels.count * 64 })
    // Every image stands in exactly one part: the labels add up to the file's.
    for label in 0..<Int32(10) {
      let count =
        parts.train.labels.count { $0 == label }
        + (parts.validation.labels + parts.test.labels).count { $0 == label } / task.copies
      #expect(count == digits.labels.count { $0 == label })
    }
    let mean = parts.train.values.reduce(0, +) / Float(parts.train.values.count)
    #expect(abs(mean) < 1e-3)
  }

  @Test func `the file holds the whole space, and strings of one network the same results`() throws
  {
    let file = try TruthFile()
    let maker = try TruthMaker()
    #expect(file.codes.count == 729 && Set(file.codes).count == 729)
    #expect(maker.cells.count == 435 && Set(file.graphs).count == 435)
    var first: [String: Int] = [:]
    for (row, graph) in file.graphs.enumerated() {
      let twin = first[graph] ?? row
      first[graph] = twin
      #expect((file.validation + file.test).allSatisfy { $0[row] == $0[twin] })
      let mean = file.test.reduce(0) { $0 + $1[row] } / Double(file.test.count)
      #expect(mean == file.testMeans[row])
    }
  }

  /// Other instruction sets round otherwise, so there the results are only near.
  @Test(arguments: [7, 361])
  func `a cell trained anew gives the shipped results`(cell: Int) throws {
    let file = try TruthFile()
    let maker = try TruthMaker()
    let space = try SpaceRegistry.space(TruthTask().space)
    let row = try #require(file.codes.firstIndex(of: space.code(of: maker.cells[cell])))
    let results = try maker.run(cell)
    #expect(results.count == file.validation.count)
    let isSame = TruthMaker.maker(isa: .best) == file.maker
    for (seed, accuracies) in results.enumerated() {
      let distance = max(
        abs(accuracies.validation - file.validation[seed][row]),
        abs(accuracies.test - file.test[seed][row]))
      #expect(isSame ? distance == 0 : distance < 0.15, "seed \(seed + 1): \(accuracies)")
    }
  }
}
