internal import Architectures
package import Domain
package import Engine
internal import Training

/// How far a search on shared weights can be trusted, told on the built-in truth: every network of the
/// space is scored by the shared weights and compared with what it reaches when it is trained alone.
package struct SharedTruth: Sendable {
  /// One supernet's agreement with the truth.
  package struct Agreement: Hashable, Sendable {
    /// Kendall's τ_b of shared validation accuracy (ties by loss) and mean test accuracy over all networks.
    package let all: Double
    /// The same over the half with the highest mean test accuracy.
    package let topHalf: Double
    /// Best mean test accuracy, less that of the network the shared weights rate best.
    package let regret: Double
    /// Shared score and mean test accuracy of every network.
    package let pairs: [(shared: Double, real: Double)]

    package static func == (one: Agreement, other: Agreement) -> Bool {
      one.all == other.all && one.topHalf == other.topHalf && one.regret == other.regret
    }

    package func hash(into hasher: inout Hasher) {
      hasher.combine(all)
    }
  }

  /// How far seeds of trainings alone agree.
  package let ceiling: BuiltinTruth.Ceiling
  private let task = TruthTask()
  private let genotypes: [Genotype]
  private let reports: [Double]

  /// - Throws: never in practice: truth and images are part of the program.
  package init() throws {
    let truth = try BuiltinTruth()
    let rows = truth.table.graphs
    ceiling = truth.ceiling
    genotypes = rows.map { truth.table.genotypes[$0] }
    reports = rows.map { truth.table.report.values[$0] }
  }

  /// Trains the supernets of `parameters` from a seed and scores all networks, each by the one that has
  /// its weights.
  ///
  /// - Parameters:
  ///   - parameters: those of `single-path` or `random-sharing`.
  ///   - tuned: epochs that each network is trained alone from the shared weights before it is scored.
  package func agreement(
    _ parameters: Parameters, seed: UInt64, isa: InstructionSet = .best
  ) throws -> Agreement {
    let space = try SpaceRegistry.space(task.space)
    let supernet = try Supernet(of: space, input: TruthTask.input, classes: TruthTask.classes)
    var scores = [Double](repeating: 0, count: genotypes.count)
    let rounds = max(1, parameters.integer("splits"))
    for round in 1...rounds {
      var search = PathSampling(space.points, parameters, round: round, evolves: false)
      let shared = try SharedWeights(
        space, supernet,
        plan: try SharedWeights.plan(
          supernet, search.settings, batch: search.settings.batchSize, isa: isa),
        samples: try task.samples(batchSize: search.settings.batchSize, seed: seed),
        settings: search.settings, seed: seed &+ UInt64(round - 1) << 32)
      for epoch in 0..<search.settings.epochs {
        _ = try search.advance(shared, epoch: epoch, of: search.settings.epochs)
      }
      for (place, genotype) in genotypes.enumerated() where search.holds(genotype) {
        let score = try search.tunedScore(genotype, on: shared)
        // Ties go by the loss, which is far below the step from one right answer to the next.
        scores[place] = score.accuracy - 1e-6 * min(score.loss, 100)
      }
    }
    return agreement(of: scores)
  }

  private func agreement(of scores: [Double]) -> Agreement {
    let ranked = reports.indices.sorted { reports[$0] > reports[$1] }
    let half = Array(ranked.prefix(ranked.count / 2))
    let pick = scores.indices.reduce(0) { scores[$1] > scores[$0] ? $1 : $0 }
    return Agreement(
      all: KendallTau(scores, reports).value,
      topHalf: KendallTau(half.map { scores[$0] }, half.map { reports[$0] }).value,
      regret: (reports.max() ?? 0) - reports[pick],
      pairs: zip(scores, reports).map { ($0, $1) })
  }
}
