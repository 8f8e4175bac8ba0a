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

  /// True when the point's condition holds; a condition names an earlier point.
  package func isActive(_ index: Int, in points: [DecisionPoint]) -> Bool {
    guard let condition = points[index].condition else { return true }
    guard let value = decisions[condition.index] else { return false }
    return condition.values.contains(value)
  }
}
