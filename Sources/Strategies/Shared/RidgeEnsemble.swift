package import Domain

/// Ridge regressions on the decisions and on their pairs, each fitted to a bootstrap sample.
///
/// Features are one-hot decisions and one-hot pairs of decisions; the regression is solved in its dual
/// form, whose kernel counts the decisions, and the pairs of them, that two genotypes share.
package enum RidgeEnsemble {
  package static let members = 5
  /// Penalty on the squared coefficients.
  package static let penalty = 0.1
  /// Weight of all pairs against all single decisions.
  package static let pairWeight = 1.0

  /// One row of predictions per member, one prediction per candidate.
  ///
  /// - Complexity: O(members × n³).
  package static func predict(
    _ candidates: [Genotype], from genotypes: [Genotype], scores: [Double],
    using generator: inout SeededGenerator
  ) -> [[Double]] {
    let codes = genotypes.map(DecisionKernel.code)
    let others = candidates.map(DecisionKernel.code)
    let gram = codes.enumerated().map { row, code in codes[...row].map { likeness($0, code) } }
    let across = others.map { other in codes.map { likeness($0, other) } }
    return (0..<members).map { _ in
      var counts = [Int](repeating: 0, count: codes.count)
      for _ in codes { counts[generator.below(codes.count)] += 1 }
      let drawn = codes.indices.filter { counts[$0] > 0 }
      let total = Double(codes.count)
      let mean = drawn.reduce(0) { $0 + Double(counts[$1]) * scores[$1] } / total
      var factor = TriangularFactor()
      for (place, row) in drawn.enumerated() {
        var entries = drawn[...place].map { gram[row][$0] }
        entries[place] += penalty / Double(counts[row])
        factor.append(entries)
      }
      let rows = drawn.count
      let alpha = factor.solveTransposed(
        factor.solve(drawn.map { scores[$0] - mean }, rows: rows), rows: rows)
      return across.map { likenesses in
        var sum = mean
        for (place, row) in drawn.enumerated() { sum += alpha[place] * likenesses[row] }
        return sum
      }
    }
  }

  /// The scalar product of two genotypes' features, 1 for a genotype with itself.
  private static func likeness(
    _ first: DecisionKernel.Code, _ second: DecisionKernel.Code
  ) -> Double {
    var shared = 0
    for index in first.indices where first[index] == second[index] { shared += 1 }
    let count = Double(max(1, first.count))
    let pairs = max(1, count * (count - 1) / 2)
    let singles = Double(shared) / count
    let doubles = Double(shared * (shared - 1) / 2) / pairs
    return (singles + pairWeight * doubles) / (1 + pairWeight)
  }
}
