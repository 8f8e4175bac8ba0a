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

  package let name: String
  package let values: [String]
  package let isOrdered: Bool
  package let condition: Condition?

  package init(
    _ name: String, values: [String], isOrdered: Bool = false, condition: Condition? = nil
  ) {
    self.name = name
    self.values = values
    self.isOrdered = isOrdered
    self.condition = condition
  }
}
