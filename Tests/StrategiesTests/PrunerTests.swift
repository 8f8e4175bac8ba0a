import Domain
import Strategies
import Testing

@Suite struct PrunerTests {
  /// A trial whose validation accuracies are these, epoch by epoch.
  private func trial(
    _ number: Int, _ accuracies: [Double], _ state: Trial.State = .completed
  ) -> Trial {
    var trial = Trial(number: number, candidate: Candidate(Genotype([0])), code: "")
    trial.state = state
    trial.curve = accuracies.enumerated().map { index, accuracy in
      Measurement(
        epoch: index + 1, metrics: [MetricName.validationAccuracy: accuracy], seconds: 0)
    }
    return trial
  }

  @Test func `hyperband's brackets are the published ones`() {
    func rows(_ epochs: Int, _ reduction: Int) -> [[[Int]]] {
      HyperbandPruner.brackets(epochs: epochs, reduction: reduction).map(\.rungs)
    }
    #expect(
      rows(27, 3) == [
        [[27, 1], [9, 3], [3, 9], [1, 27]], [[12, 3], [4, 9], [1, 27]], [[6, 9], [2, 27]],
        [[4, 27]],
      ])
    #expect(rows(9, 3) == [[[9, 1], [3, 3], [1, 9]], [[5, 3], [1, 9]], [[3, 9]]])
    #expect(rows(243, 3).count == 6, "s runs from 5 to 0")
    #expect(rows(1, 3) == [[[1, 1]]])
  }

  @Test(arguments: [1, 2, 5, 9, 10, 20, 27, 50, 100])
  func `a bracket's hurdles are its rungs but the last`(epochs: Int) {
    let pruner = HyperbandPruner()
    let brackets = HyperbandPruner.brackets(epochs: epochs, reduction: 3)
    let round = brackets.reduce(0) { $0 + $1.trials }
    let earlier = (1...3 * round).map {
      trial($0, Array(repeating: Double($0) / 1000, count: epochs))
    }
    var first = 3 * round + 1
    for bracket in brackets {
      let hurdles = pruner.hurdles(of: first, epochs: epochs, earlier: earlier)
      #expect(hurdles.map(\.epoch) == bracket.rungs.dropLast().map { $0[1] })
      first += bracket.trials
    }
  }

  @Test func `a trial belongs to the bracket at its place, and is judged within it`() {
    let pruner = HyperbandPruner()
    // 9 trials from epoch 1, 5 from epoch 3, 3 without a rung, then again.
    let earlier = (1...17).map { trial($0, Array(repeating: Double($0) / 100, count: 9)) }
    #expect(pruner.hurdles(of: 9, epochs: 9, earlier: []).isEmpty)
    #expect(pruner.hurdles(of: 18, epochs: 9, earlier: earlier).map(\.epoch) == [1, 3])
    #expect(pruner.hurdles(of: 18, epochs: 9, earlier: earlier).map(\.minimum) == [0.07, 0.07])
    #expect(pruner.hurdles(of: 27, epochs: 9, earlier: earlier).map(\.epoch) == [3])
    #expect(pruner.hurdles(of: 27, epochs: 9, earlier: earlier).map(\.minimum) == [0.13])
    #expect(pruner.hurdles(of: 32, epochs: 9, earlier: earlier).isEmpty)
  }

  @Test func `asha lets exactly the best of every three go on at each rung`() {
    let pruner = ASHAPruner()
    // (accuracy at epoch 1, at 3, at 9), in the order of the trials.
    let script: [[Double]] = [
      [0.5, 0.6, 0.7], [0.4, 0.7, 0.8], [0.6, 0.5, 0.9], [0.5, 0.9, 0.9], [0.7, 0.8, 0.8],
      [0.65, 0.7, 0.7], [0.64, 0.9, 0.9],
    ]
    var earlier: [Trial] = []
    var reached: [Int] = []
    for (index, values) in script.enumerated() {
      let hurdles = pruner.hurdles(of: index + 1, epochs: 9, earlier: earlier)
      var curve: [Double] = []
      var ended = false
      for epoch in 1...9 where !ended {
        curve.append(epoch < 3 ? values[0] : epoch < 9 ? values[1] : values[2])
        let best = curve.max() ?? 0
        ended = hurdles.contains { $0.epoch == epoch && best < $0.minimum }
      }
      reached.append(curve.count)
      earlier.append(trial(index + 1, curve, ended ? .stoppedEarly : .completed))
    }
    // By hand. Rung 1: the first goes on; 0.4 < 0.5; 0.6 is best of 3; 0.5 < 0.6; 0.7 is best of 5;
    // 0.65 is 2nd of 6, and two go on; 0.64 would be third of 7.
    // Rung 3 (best so far): 0.6; then 0.6 again, best of 2; 0.8; then 0.7 < 0.8, one of 4.
    #expect(reached == [9, 1, 9, 1, 9, 3, 1])
  }

  @Test func `the median rule waits for its trials and looks at completed ones alone`() {
    let pruner = MedianPruner(startup: 3, warmup: 1)
    let two = [trial(1, [0.1, 0.2, 0.3]), trial(2, [0.3, 0.4, 0.5])]
    #expect(pruner.hurdles(of: 7, epochs: 3, earlier: two).isEmpty)
    let more = two + [trial(3, [0.9, 0.8, 0.7]), trial(4, [0.95], .stoppedEarly)]
    let hurdles = pruner.hurdles(of: 8, epochs: 3, earlier: more)
    #expect(hurdles.map(\.epoch) == [2])
    #expect(hurdles.map(\.minimum) == [0.4], "of 0.2, 0.4 and 0.9, the best so far")
  }

  @Test(arguments: PrunerRegistry.all.ids)
  func `every pruner takes its defaults and trials of any kind`(id: String) throws {
    let entry = try #require(PrunerRegistry.all[id])
    let pruner = entry.make(entry.defaults)
    let odd = [trial(1, []), trial(2, [.nan, 0.5]), trial(3, [0.2], .diverged)]
    for epochs in [1, 2, 5, 30] {
      for number in [1, 8, 100] {
        let hurdles = pruner.hurdles(of: number, epochs: epochs, earlier: odd)
        #expect(hurdles.allSatisfy { $0.epoch < epochs && $0.epoch > 0 })
        #expect(hurdles.map(\.epoch) == hurdles.map(\.epoch).sorted())
      }
    }
  }
}
