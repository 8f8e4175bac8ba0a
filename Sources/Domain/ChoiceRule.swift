/// A choice among branches of a network, known by a key, that follows from a whole genotype.
package struct ChoiceRule: Sendable {
  /// The choice's name; all places of one key choose together.
  package let key: String
  /// Whether it chooses what an edge of a cell does with its source, channel by channel.
  ///
  /// A search may send a part of the source's channels around such a choice.
  package let isEdge: Bool
  /// The one decision point that says which branch; nil: it follows from others.
  package let point: Int?
  /// Which branch a genotype takes; nil: the choice is inactive.
  package let branch: @Sendable (Genotype) -> Int?

  /// A choice that follows from several decisions.
  package init(
    key: String, isEdge: Bool = false, branch: @escaping @Sendable (Genotype) -> Int?
  ) {
    self.key = key
    self.isEdge = isEdge
    self.branch = branch
    point = nil
  }

  /// A choice that a decision point makes alone, a branch for each of its values.
  ///
  /// - Parameter key: nil: `points.3` for the fourth point.
  package init(point: Int, key: String? = nil, isEdge: Bool = false) {
    self.key = key ?? "points.\(point)"
    self.isEdge = isEdge
    self.point = point
    branch = { $0.decisions.indices.contains(point) ? $0.decisions[point] : nil }
  }
}
