package import Domain

/// Hill climbing: tries the neighbours of the best candidate in random order and moves to a better one.
///
/// After `starts` random draws the best of them is the centre. Where no neighbour of the centre is left
/// to try, the search goes on from the best candidate whose neighbours were not all tried, or from a
/// random draw. With trials in flight it moves when an improvement is observed. Nothing is proposed
/// twice while the space holds something new.
///
/// - Source: White et al. 2021, arXiv:2005.02960, algorithm 1 and its "continue at local minima".
package struct LocalSearch: SearchStrategy {
  /// When the centre moves.
  package enum Move: String, Codable, Sendable, CaseIterable {
    /// At the first better neighbour.
    case first
    /// To the best neighbour, once all were tried.
    case best
  }

  /// Where to go on from a local optimum.
  package enum Continuation: String, Codable, Sendable, CaseIterable {
    case best, random
  }

  private let points: [DecisionPoint]
  private let aims: Aims
  private let starts: Int
  private let move: Move
  private let continuation: Continuation
  /// How much better a neighbour must be.
  private let improvement: Double
  private let seed: UInt64
  private var history = History()
  /// The record whose neighbours are being tried.
  private var centre: Int?
  /// Records all of whose neighbours were tried.
  private var exhausted: [Int] = []
  /// The first record of the current descent, and the number of its start draws.
  private var descent = 0
  private var startsLeft: Int

  package init(
    points: [DecisionPoint], objectives: [Objective], starts: Int, move: Move,
    continuation: Continuation, improvement: Double, seed: UInt64
  ) {
    self.points = points
    aims = Aims(objectives)
    self.starts = starts
    self.move = move
    self.continuation = continuation
    self.improvement = improvement
    self.seed = seed
    startsLeft = starts
  }

  package static let entry = StrategyEntry(
    id: "local-search",
    summary: "Hill climbing: tries all neighbours of the best candidate, moves to a better one.",
    paper: "White et al. 2021, arXiv:2005.02960",
    parameters: [
      Parameter(
        "starts", .integer(min: 1, max: 1000), default: 10,
        "Random candidates at the start of a climb, of which the best is climbed from."),
      Parameter(
        "move", .choice(Move.allCases.map(\.rawValue)), default: "first",
        "Move at the first better neighbour, or to the best of all."),
      Parameter(
        "at_optimum", .choice(Continuation.allCases.map(\.rawValue)), default: "best",
        "Go on from the best candidate with untried neighbours, or climb anew from random ones."),
      Parameter(
        "improvement", .number(min: 0, max: 1), default: 0,
        "How much better a neighbour must be; one standard error of the accuracy where it is noisy."
      ),
    ],
    make: {
      LocalSearch(
        points: $0.points, objectives: $0.objectives, starts: $0.parameters.integer("starts"),
        move: Move(rawValue: $0.parameters.word("move")) ?? .first,
        continuation: Continuation(rawValue: $0.parameters.word("at_optimum")) ?? .best,
        improvement: $0.parameters.number("improvement"), seed: $0.seed)
    },
    restore: { try LocalSearch.restored(from: $1) })

  package mutating func propose() throws -> Candidate? {
    var generator = history.generator(seed: seed)
    if let neighbour = climb() {
      history.propose(neighbour)
      return Candidate(neighbour)
    }
    startsLeft = max(0, startsLeft - 1)
    let draw = history.fresh(in: points, using: &generator)
    history.propose(draw)
    return Candidate(draw, isRandom: true)
  }

  package mutating func skipStart() {
    startsLeft = max(0, startsLeft - 1)
  }

  package mutating func observe(_ trial: Trial) throws {
    history.observe(trial.candidate.genotype, aims.merit(trial))
  }

  /// The next neighbour to try; nil: a random draw is due.
  private mutating func climb() -> Genotype? {
    guard startsLeft == 0 else { return nil }
    while true {
      if let centre {
        if move == .first, let better = best(), isBetter(better, than: centre) {
          self.centre = better
        }
      } else {
        centre = best()
      }
      guard let centre else { return nil }
      if let neighbour = untried(of: centre) { return neighbour }
      exhausted.append(centre)
      self.centre = nil
      if continuation == .random {
        if let better = best(), isBetter(better, than: centre) { continue }
        descent = history.records.count
        startsLeft = starts
        return nil
      }
    }
  }

  /// A neighbour that was not proposed yet, in an order that is the record's own.
  private func untried(of record: Int) -> Genotype? {
    var generator = SeededGenerator(jobSeed: seed, trial: record, purpose: .sample)
    let neighbours = history.records[record].genotype.neighbours(in: points, using: &generator)
    return generator.shuffled(neighbours).first { !history.contains($0) }
  }

  /// The best record of this descent whose neighbours were not all tried.
  private func best() -> Int? {
    var best: Int?
    for index in descent..<max(descent, history.records.count)
    where history.records[index].merit.grade != .nothing && !exhausted.contains(index) {
      guard let rival = best else {
        best = index
        continue
      }
      if history.records[index].merit.isBetter(than: history.records[rival].merit) { best = index }
    }
    return best
  }

  private func isBetter(_ record: Int, than centre: Int) -> Bool {
    let merit = history.records[record].merit
    let rival = history.records[centre].merit
    guard merit.isBetter(than: rival) else { return false }
    guard merit.grade == rival.grade else { return true }
    return (merit.values.first ?? 0) > (rival.values.first ?? 0) + improvement
  }
}
