internal import Domain
internal import Strategies
internal import Synchronization

/// Makes the runs of a comparison on some threads; what comes out does not depend on how many.
struct ComparisonRunner {
  private let comparison: StrategyComparison
  private let threads: Int

  init(_ comparison: StrategyComparison, threads: Int) {
    self.comparison = comparison
    self.threads = threads
  }

  /// All outcomes, in the order of the runs.
  ///
  /// - Throws: what the first failing run threw.
  func run() async throws -> [TableSearch.Outcome] {
    let next = Counter()
    let comparison = comparison
    var outcomes = [TableSearch.Outcome?](repeating: nil, count: comparison.runs)
    try await withThrowingTaskGroup(of: [(Int, TableSearch.Outcome)].self) { group in
      for _ in 0..<threads {
        group.addTask {
          var made: [(Int, TableSearch.Outcome)] = []
          while let index = next.take(below: comparison.runs) {
            try Task.checkCancellation()
            made.append((index, try comparison.run(index)))
          }
          return made
        }
      }
      for try await made in group {
        for (index, outcome) in made { outcomes[index] = outcome }
      }
    }
    return outcomes.compactMap { $0 }
  }

  /// Hands numbers out, each once.
  private final class Counter: Sendable {
    private let next = Mutex(0)

    func take(below limit: Int) -> Int? {
      next.withLock { next in
        guard next < limit else { return nil }
        next += 1
        return next - 1
      }
    }
  }
}
