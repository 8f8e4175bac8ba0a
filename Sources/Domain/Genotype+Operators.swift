/// The operators that sampling strategies are composed of.
extension Genotype {
  /// True when the genotype has a value exactly where a point is active, and each value exists.
  package func lies(in points: [DecisionPoint]) -> Bool {
    guard decisions.count == points.count else { return false }
    for (index, point) in points.enumerated() {
      guard isActive(index, in: points) else {
        if decisions[index] != nil { return false }
        continue
      }
      guard let value = decisions[index], point.values.indices.contains(value) else { return false }
    }
    return true
  }

  /// Draws every active point uniformly, in order; uniform over strings, not over graphs.
  package static func random(
    in points: [DecisionPoint], using generator: inout SeededGenerator
  ) -> Genotype {
    var result = Genotype(Array(repeating: nil, count: points.count))
    for (index, point) in points.enumerated() where result.isActive(index, in: points) {
      result.decisions[index] = generator.below(point.values.count)
    }
    return result
  }

  /// Changes one active point to a different value; points that become active are drawn, others cleared.
  ///
  /// - Returns: nil when no active point has a second value.
  /// - Source: Real et al. 2018, arXiv:1802.01548, §3 (op mutation), as on NAS-Bench-201 cells.
  package func mutated(
    in points: [DecisionPoint], using generator: inout SeededGenerator
  ) -> Genotype? {
    let candidates = points.indices.filter { decisions[$0] != nil && points[$0].values.count > 1 }
    guard !candidates.isEmpty else { return nil }
    let index = candidates[generator.below(candidates.count)]
    var value = generator.below(points[index].values.count - 1)
    if let current = decisions[index], value >= current { value += 1 }
    return changed(index, to: value, in: points, using: &generator)
  }

  /// The genotype with one point at another value; points that become active are drawn, others cleared.
  package func changed(
    _ index: Int, to value: Int, in points: [DecisionPoint],
    using generator: inout SeededGenerator
  ) -> Genotype {
    var result = self
    result.decisions[index] = value
    for (later, point) in points.enumerated() where later > index && point.condition != nil {
      if !result.isActive(later, in: points) {
        result.decisions[later] = nil
      } else if result.decisions[later] == nil {
        result.decisions[later] = generator.below(point.values.count)
      }
    }
    return result
  }

  /// All genotypes one change away, in the order of points and values; what becomes active is drawn.
  package func neighbours(
    in points: [DecisionPoint], using generator: inout SeededGenerator
  ) -> [Genotype] {
    var result: [Genotype] = []
    for (index, point) in points.enumerated() {
      guard let current = decisions[index] else { continue }
      for value in point.values.indices where value != current {
        result.append(changed(index, to: value, in: points, using: &generator))
      }
    }
    return result
  }

  /// Takes every point from one of two parents, each as likely; where neither has a value that a
  /// condition asks for, it is drawn.
  package static func crossed(
    _ first: Genotype, _ second: Genotype, in points: [DecisionPoint],
    using generator: inout SeededGenerator
  ) -> Genotype {
    var result = Genotype(Array(repeating: nil, count: points.count))
    for (index, point) in points.enumerated() where result.isActive(index, in: points) {
      let pair =
        generator.below(2) == 0
        ? (first.decisions[index], second.decisions[index])
        : (second.decisions[index], first.decisions[index])
      result.decisions[index] = pair.0 ?? pair.1 ?? generator.below(point.values.count)
    }
    return result
  }

  /// The first genotype, in the order of a tree walk, that `isTaken` does not hold for; nil where
  /// every genotype of the space is taken.
  ///
  /// - Parameter generator: turns the order of every point's values, so that no corner is preferred.
  /// - Complexity: O(taken genotypes × points).
  package static func first(
    in points: [DecisionPoint], using generator: inout SeededGenerator,
    where isTaken: (Genotype) -> Bool
  ) -> Genotype? {
    let turns = points.map { $0.values.isEmpty ? 0 : generator.below($0.values.count) }
    var current = Genotype(Array(repeating: nil, count: points.count))
    func walk(_ index: Int) -> Genotype? {
      guard index < points.count else { return isTaken(current) ? nil : current }
      guard current.isActive(index, in: points) else {
        current.decisions[index] = nil
        return walk(index + 1)
      }
      let count = points[index].values.count
      for step in 0..<count {
        current.decisions[index] = (turns[index] + step) % count
        if let found = walk(index + 1) { return found }
      }
      current.decisions[index] = nil
      return nil
    }
    return walk(0)
  }

  /// True when the point's condition holds; a condition names an earlier point.
  package func isActive(_ index: Int, in points: [DecisionPoint]) -> Bool {
    guard let condition = points[index].condition else { return true }
    guard let value = decisions[condition.index] else { return false }
    return condition.values.contains(value)
  }
}
