import Architectures
import Domain
import Strategies
import Testing

/// A search with two objectives that pull against each other, and how much of their front it finds.
struct FrontSearch {
  let points = NASBench201Space().points
  let objectives = [Objective(.accuracy, .maximise), Objective(.macs, .minimise)]
  private let table = SyntheticTable()

  /// Accuracy of the made-up table, and a cost that is highest where the accuracy is.
  func measure(_ trial: Trial) -> Ending {
    let costs = [0.0, 0, 1, 9, 0.5]
    let cost = trial.candidate.genotype.decisions.reduce(0.0) { $0 + costs[$1 ?? 0] }
    return Ending(metrics: [
      MetricName.searchAccuracy: table[trial.candidate.genotype], MetricName.macs: cost,
    ])
  }

  /// What all points of a search cover, for each of 40 seeds.
  func covered(_ id: String, evaluations: Int) throws -> [Double] {
    let entry = try #require(StrategyRegistry.all[id])
    return try (UInt64(1)...40).map { seed in
      let context = StrategyContext(
        points: points, parameters: entry.defaults, objectives: objectives, seed: seed)
      var search = Search(try entry.make(context), lag: 4)
      try search.run(to: evaluations, measure)
      let archive = search.trials.compactMap { Pareto.Point($0, objectives) }
      return try #require(Pareto.hypervolume(archive, reference: [0.5, -60]))
    }
  }
}
