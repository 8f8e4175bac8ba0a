internal import Domain

/// The share of a space that one of several supernets has: one decision point's values are dealt out
/// among them.
///
/// - Source: Zhao et al. 2021, arXiv:2006.06863, §3.1.
struct PathPart: Codable, Hashable, Sendable {
  private let point: Int
  private let values: [Int]

  /// nil where there is nothing to split.
  ///
  /// - Parameter round: from 1.
  init?(_ points: [DecisionPoint], splits: Int, round: Int) {
    guard splits > 1, let most = points.map(\.values.count).max(), most > 1,
      let point = points.firstIndex(where: { $0.values.count == most })
    else { return nil }
    self.point = point
    values = (0..<most).filter { $0 % splits == (round - 1) % splits }
    guard !values.isEmpty else { return nil }
  }

  /// The values of a point that this supernet has; nil: all.
  func values(of point: Int) -> [Int]? { point == self.point ? values : nil }

  /// Whether a genotype lies in this share.
  func holds(_ genotype: Genotype) -> Bool {
    genotype.decisions[point].map(values.contains) ?? true
  }

  /// The genotype, moved into this share.
  func restricted(
    _ genotype: Genotype, _ points: [DecisionPoint], using generator: inout SeededGenerator
  ) -> Genotype {
    guard let value = genotype.decisions[point], !values.contains(value) else { return genotype }
    return genotype.changed(
      point, to: values[generator.below(values.count)], in: points, using: &generator)
  }
}
