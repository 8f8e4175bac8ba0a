internal import Architectures
package import Domain

/// The service's side of a search on shared weights: takes in what its supernets brought and proposes it,
/// already scored, one candidate after the other.
///
/// The answers of all rounds come first, best first. Of the draws, those of the first round follow; where
/// the rounds divide the space among them, an equal share of each.
package struct SharedWeightsStrategy: SearchStrategy {
  private let isSplit: Bool
  private var rounds: [[ScoredCandidate]] = []
  private var proposed = 0

  /// - Parameter isSplit: the rounds divide the space among them.
  package init(_ context: StrategyContext, isSplit: Bool = false) {
    self.isSplit = isSplit
  }

  package mutating func observe(_ run: SupernetRun) throws {
    guard run.state == .completed else { return }
    rounds.append(run.candidates)
  }

  package mutating func observe(_ trial: Trial) throws {}

  package mutating func propose() throws -> Candidate? {
    let all = candidates
    guard proposed < all.count else { return nil }
    defer { proposed += 1 }
    let next = all[proposed]
    let isAnswer = next.purposes.contains(.derived)
    return Candidate(
      next.genotype, isRandom: !isAnswer && next.purposes.contains(.control),
      isProbe: !isAnswer && next.purposes.contains(.probe), scores: next.metrics)
  }

  private var candidates: [ScoredCandidate] {
    var seen: Set<Genotype> = []
    let answers = rounds.joined().filter { $0.purposes.contains(.derived) }
      .stablySorted(by: SharedWeightsStrategy.isBetter)
      .filter { seen.insert($0.genotype).inserted }
    let draws = rounds.map { $0.filter { !$0.purposes.contains(.derived) } }
    guard isSplit, !draws.isEmpty else { return answers + (draws.first ?? []) }
    return answers
      + draws.flatMap { draws in
        draws.filter { $0.purposes.contains(.probe) }.prefix(1 + 23 / rounds.count)
          + draws.filter { !$0.purposes.contains(.probe) }.prefix(1 + 99 / rounds.count)
      }
  }

  private static func isBetter(_ one: ScoredCandidate, _ other: ScoredCandidate) -> Bool {
    let accuracies = [one, other].map { $0.metrics[MetricName.searchAccuracy] ?? 0 }
    if accuracies[0] != accuracies[1] { return accuracies[0] > accuracies[1] }
    let losses = [one, other].map { $0.metrics[MetricName.searchLoss] ?? .infinity }
    return losses[0] < losses[1]
  }
}
