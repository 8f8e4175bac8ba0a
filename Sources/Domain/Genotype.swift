/// All choices made: for each decision point the index of its value, nil where the point is inactive.
///
/// Its JSON form is the bare array, for example `[3, 0, null, 1]`.
package struct Genotype: Hashable, Sendable {
  package var decisions: [Int?]

  package init(_ decisions: [Int?]) {
    self.decisions = decisions
  }
}

extension Genotype: Codable {
  package init(from decoder: any Decoder) throws {
    decisions = try decoder.singleValueContainer().decode([Int?].self)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(decisions)
  }
}
