import Architectures
import Domain
import Strategies
import Testing

@Suite struct LocalSearchTests {
  /// Six decisions of five values, each adding its own: no local optimum but the global one.
  private let points = (0..<6).map { DecisionPoint("p\($0)", values: ["a", "b", "c", "d", "e"]) }

  private func local(
    _ points: [DecisionPoint], starts: Int = 1, move: LocalSearch.Move = .first,
    continuation: LocalSearch.Continuation = .best, improvement: Double = 0, seed: UInt64 = 1
  ) -> LocalSearch {
    LocalSearch(
      points: points, objectives: [], starts: starts, move: move, continuation: continuation,
      improvement: improvement, seed: seed)
  }

  private func separable(_ trial: Trial) -> Ending {
    let parts = trial.candidate.genotype.decisions.enumerated().map { index, value in
      Double(((value ?? 0) * (index + 2)) % 5) / 4
    }
    return .accuracy(parts.reduce(0, +))
  }

  @Test(arguments: 1...20)
  func `the best of all neighbours leads to the optimum in six moves`(seed: Int) throws {
    var search = Search(local(points, move: .best, seed: UInt64(seed)))
    try search.run(to: 1 + 24 * 7, separable)
    // Points 3 and 5 have factors 5 and 7; a factor of 5 makes its point worth nothing.
    #expect(search.best?.searchAccuracy == 5)
    var climbed = Search(local(points, move: .first, seed: UInt64(seed)))
    try climbed.run(to: 1 + 24 * 7, separable)
    #expect(climbed.best?.searchAccuracy == 5)
  }

  @Test func `it moves at the first improvement, or once all neighbours were tried`() throws {
    for move in LocalSearch.Move.allCases {
      var search = Search(local(points, move: move))
      try search.run(to: 60, separable)
      let start = search.genotypes[0]
      let distances = search.genotypes.map { genotype in
        points.indices.filter { genotype.decisions[$0] != start.decisions[$0] }.count
      }
      let rewards = search.trials.map { $0.searchAccuracy ?? 0 }
      let better = try #require(rewards.firstIndex { $0 > rewards[0] })
      if move == .best {
        #expect(distances[1...24].allSatisfy { $0 == 1 })
        #expect(Set(search.genotypes[1...24]).count == 24)
        let best = rewards[1...24].max()
        let centre = search.genotypes[try #require(rewards.firstIndex { $0 == best })]
        for genotype in search.genotypes[25...30] {
          #expect(
            points.indices.filter { genotype.decisions[$0] != centre.decisions[$0] }.count == 1)
        }
      } else {
        let centre = search.genotypes[better]
        let next = search.genotypes[better + 1]
        #expect(points.indices.filter { next.decisions[$0] != centre.decisions[$0] }.count == 1)
      }
    }
  }

  @Test func `the best of the start draws is climbed from`() throws {
    var search = Search(local(points, starts: 10))
    try search.run(to: 11, separable)
    #expect(search.trials.map(\.candidate.isRandom) == Array(repeating: true, count: 10) + [false])
    let best = try #require(
      search.trials.prefix(10).max { ($0.searchAccuracy ?? 0) < ($1.searchAccuracy ?? 0) })
    let next = search.genotypes[10]
    #expect(
      points.indices.filter { next.decisions[$0] != best.candidate.genotype.decisions[$0] }.count
        == 1)
  }

  @Test func `at an optimum it goes on from the next best, or climbs anew`() throws {
    let flat = [
      DecisionPoint("a", values: ["0", "1", "2"]), DecisionPoint("b", values: ["0", "1"]),
    ]
    var best = Search(local(flat))
    try best.run(to: 6) { _ in .accuracy(0.5) }
    #expect(Set(best.genotypes).count == 6, "all of a flat space is tried")
    var anew = Search(local(points, continuation: .random))
    try anew.run(to: 200, separable)
    #expect(anew.trials.count { $0.candidate.isRandom } >= 2)
    let first = try #require(anew.trials.firstIndex { $0.searchAccuracy == 5 })
    let restart = try #require(
      anew.trials.indices.first { $0 > 0 && anew.trials[$0].candidate.isRandom })
    #expect(restart > first, "it climbs anew from the optimum, not before")
  }

  @Test func `an improvement below the least one asked for moves nothing`() throws {
    var search = Search(local(points, improvement: 10))
    try search.run(to: 25, separable)
    let start = search.genotypes[0]
    #expect(
      search.genotypes.dropFirst().allSatisfy { genotype in
        points.indices.filter { genotype.decisions[$0] != start.decisions[$0] }.count == 1
      })
  }

  @Test(arguments: [1, 4, 32])
  func `nothing is tried twice while the space holds something new`(lag: Int) throws {
    let points = MLPSpace(maxLayers: 2, maxUnits: 64).points
    var search = Search(local(points, starts: 3), lag: lag)
    // 3 + 9 widths, normalisation and four rates.
    try search.run(to: 96) { .accuracy(Double($0.number % 13)) }
    #expect(Set(search.genotypes).count == 96)
    try search.run(to: 110) { _ in .accuracy(0) }
  }
}
