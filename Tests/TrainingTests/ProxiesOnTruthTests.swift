import Architectures
import Datasets
import Domain
import Engine
import Testing
import Training

/// Every fifth network of the built-in truth, scored on images that it was trained on.
@Suite struct ProxiesOnTruthTests {
  @Test(arguments: ProxyRegistry.all.ids)
  func `scores order trained networks better than chance`(id: String) throws {
    let proxy = try #require(ProxyRegistry.all[id])
    let (task, file, maker) = (TruthTask(), try TruthFile(), try TruthMaker())
    let space = try SpaceRegistry.space(task.space)
    let images = task.parts(of: try BuiltinDigits()).train
    var (scores, accuracies): ([Double], [Double]) = ([], [])
    for cell in stride(from: 0, to: maker.cells.count, by: 5) {
      let architecture = try SpaceRegistry.decode(
        task.space, maker.cells[cell], input: TruthTask.input, classes: TruthTask.classes)
      let row = try #require(file.codes.firstIndex(of: space.code(of: maker.cells[cell])))
      let probe = ProxyProbe(
        architecture, inputs: Array(images.values[..<(64 * BuiltinDigits.size)]),
        labels: Array(images.labels[..<64]), seed: 1)
      scores.append(try proxy.score(probe))
      accuracies.append(file.testMeans[row])
    }
    // Of 87 networks in random order, τ is above 0.15 once in fifty.
    let tau = KendallTau(scores, accuracies).value
    #expect(tau > 0.15, "\(tau)")
  }
}
