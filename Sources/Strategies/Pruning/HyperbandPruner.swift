package import Domain

/// Hyperband: several brackets of successive halving side by side, from many trials ended early to few
/// trained in full, since how early a trial can be judged is not known beforehand.
///
/// - Source: Li et al. 2016, arXiv:1603.06560, algorithm 1.
/// - Departs: within a bracket trials are halved one by one against those before them, as ASHA does,
///   not in synchronous rounds; trial n belongs to the bracket that the published sizes give place n.
package struct HyperbandPruner: Pruner {
  /// One row of the published table: so many trials, starting at so many epochs.
  package struct Bracket: Codable, Hashable, Sendable {
    package let trials: Int
    package let firstEpochs: Int
    /// (trials, epochs) of every rung, the last with all epochs.
    package let rungs: [[Int]]
  }

  private let reduction: Int

  /// - Parameter reduction: one of so many goes on.
  package init(reduction: Int = 3) {
    self.reduction = reduction
  }

  package static let entry = PrunerEntry(
    id: "hyperband",
    summary: "Brackets of successive halving, from many short to few whole trials.",
    paper: "Li et al. 2016, arXiv:1603.06560",
    parameters: [
      Parameter("reduction", .integer(min: 2, max: 10), default: 3, "One of so many goes on.")
    ],
    make: { HyperbandPruner(reduction: $0.integer("reduction")) })

  /// The brackets of trials of `epochs` epochs, the one with most trials first.
  package static func brackets(epochs: Int, reduction: Int) -> [Bracket] {
    // By whole numbers: log(243)/log(3) rounds to 4.
    var powers = [1]
    while let last = powers.last, last * reduction <= epochs { powers.append(last * reduction) }
    let most = powers.count - 1
    return powers.indices.reversed().map { s in
      let trials = ((most + 1) * powers[s] + s) / (s + 1)
      let rungs = (0...s).map { [trials / powers[$0], epochs / powers[s - $0]] }
      return Bracket(trials: trials, firstEpochs: max(1, epochs / powers[s]), rungs: rungs)
    }
  }

  /// The bracket of a trial by its place in the repeated table.
  static func bracket(of number: Int, in brackets: [Bracket]) -> Int {
    let round = brackets.reduce(0) { $0 + $1.trials }
    var place = (number - 1) % max(1, round)
    for (index, bracket) in brackets.enumerated() {
      if place < bracket.trials { return index }
      place -= bracket.trials
    }
    return 0
  }

  package func hurdles(of number: Int, epochs: Int, earlier: [Trial]) -> [Hurdle] {
    let brackets = HyperbandPruner.brackets(epochs: max(1, epochs), reduction: reduction)
    let own = HyperbandPruner.bracket(of: number, in: brackets)
    let rivals = earlier.filter { HyperbandPruner.bracket(of: $0.number, in: brackets) == own }
    return Rungs(brackets[own].rungs.dropLast().map { $0[1] }, reduction: reduction)
      .hurdles(against: rivals)
  }
}
