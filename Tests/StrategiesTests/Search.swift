import Domain
import Foundation

/// What a made-up trial ended with.
struct Ending {
  var state = Trial.State.completed
  var metrics: [String: Double] = [:]

  static func accuracy(_ value: Double) -> Ending {
    Ending(metrics: [MetricName.searchAccuracy: value])
  }
}

/// Runs a strategy as the job machine does: proposal n comes after the observation of n − lag.
struct Search {
  private(set) var strategy: any SearchStrategy
  private(set) var trials: [Trial] = []
  /// Trials already told to the strategy; they are told in order.
  private(set) var observed = 0
  let lag: Int
  /// Trials whose parent was not an observed, completed one that the strategy had declared possible.
  private(set) var orphans: [Int] = []

  init(_ strategy: any SearchStrategy, lag: Int = 1) {
    self.strategy = strategy
    self.lag = lag
  }

  /// Proposes and ends trials until there are `count` in all.
  mutating func run(to count: Int, _ end: (Trial) -> Ending) throws {
    while trials.count < count {
      while observed < trials.count + 1 - lag {
        try strategy.observe(trials[observed])
        observed += 1
      }
      let parents = strategy.possibleParents
      guard let candidate = try strategy.propose() else {
        // An empty answer is asked for again after the next observation.
        guard observed < trials.count else {
          throw SpaceError("no proposal though all \(observed) trials were observed")
        }
        try strategy.observe(trials[observed])
        observed += 1
        continue
      }
      if let parent = candidate.parent {
        let isKept =
          parents.contains(parent) && parent >= 1 && parent <= observed
          && trials[parent - 1].state == .completed
        if !isKept { orphans.append(trials.count + 1) }
      }
      var trial = Trial(number: trials.count + 1, candidate: candidate, code: "")
      let ending = end(trial)
      trial.state = ending.state
      trial.metrics = ending.metrics
      trials.append(trial)
    }
  }

  /// Continues with another value of the strategy, as after a restart.
  mutating func replace(_ strategy: any SearchStrategy) {
    self.strategy = strategy
  }

  var genotypes: [Genotype] { trials.map(\.candidate.genotype) }

  /// The best trial of the whole history.
  var best: Trial? {
    trials.max { ($0.searchAccuracy ?? -1) < ($1.searchAccuracy ?? -1) }
  }
}

/// A strategy's saved state.
func state(of strategy: any SearchStrategy) throws -> [UInt8] {
  Array(try JSONEncoder().encode(strategy))
}
