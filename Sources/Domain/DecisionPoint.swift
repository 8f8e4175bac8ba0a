/// One choice a search has to make: a name and the finite list of values it may take.
///
/// Every value is a label; `isOrdered` says that the labels form a scale (4, 8, 16 …), which a
/// surrogate may use. A condition makes the point active only under one value of an earlier point.
package struct DecisionPoint: Codable, Hashable, Sendable {
  /// Active only where the point at `index` took one of `values`.
  package struct Condition: Codable, Hashable, Sendable {
    package let index: Int
    package let values: [Int]

    package init(index: Int, values: [Int]) {
      self.index = index
      self.values = values
    }
  }

  /// The two places that a no-or-yes point connects; a place is known by the index of the last point
  /// that shapes it.
  package struct Link: Codable, Hashable, Sendable {
    package let from: Int
    package let to: Int

    package init(from: Int, to: Int) {
      self.from = from
      self.to = to
    }
  }

  /// The kind of a point that says how many layers there are; a strategy may raise it by a schedule.
  package static let depth = "depth"

  package let name: String
  package let values: [String]
  package let isOrdered: Bool
  package let condition: Condition?
  /// What question the point asks; nil: a question of its own.
  ///
  /// A learned policy answers points of one kind with one head. Points of a kind take their values
  /// from the front of one list.
  package let kind: String?
  /// Set where the point says whether two places are connected: value 0 no, 1 yes.
  package let link: Link?

  package init(
    _ name: String, values: [String], isOrdered: Bool = false, condition: Condition? = nil,
    kind: String? = nil, link: Link? = nil
  ) {
    self.name = name
    self.values = values
    self.isOrdered = isOrdered
    self.condition = condition
    self.kind = kind
    self.link = link
  }
}
