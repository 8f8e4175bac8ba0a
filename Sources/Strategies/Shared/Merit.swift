package import Domain

/// What a finished trial is worth to a search: a grade, and values that order trials of one grade.
package struct Merit: Hashable, Sendable {
  /// From worst to best.
  package enum Grade: Int, Codable, Sendable {
    /// Infeasible, diverged, failed, or without the metric.
    case nothing
    /// Pruned: worse than every completed trial, better than nothing.
    case stopped
    /// Completed, but it breaks a limit; the value is minus the violation.
    case breaking
    /// Completed within all limits.
    case completed
  }

  package let grade: Grade
  /// Larger is better; one for each optimised objective, all of them finite.
  package let values: [Double]

  package init(_ grade: Grade, _ values: [Double]) {
    self.grade = grade
    self.values = values
  }

  package static let none = Merit(.nothing, [])

  /// The value of a trial completed within all limits; the first where there are several.
  package var reward: Double? { grade == .completed ? values.first : nil }

  /// True where the grade is higher or, of equal grades, the values dominate.
  package func isBetter(than other: Merit) -> Bool {
    if grade != other.grade { return grade.rawValue > other.grade.rawValue }
    if values.count < 2 { return (values.first ?? 0) > (other.values.first ?? 0) }
    return Pareto.Point(values).dominates(Pareto.Point(other.values))
  }

  /// For each merit how many are better: 0 is best, equals share a place; several objectives are ordered
  /// by non-dominated front.
  package static func places(_ merits: [Merit]) -> [Int] {
    var keys = merits.map { (grade: $0.grade.rawValue, value: $0.values.first ?? 0) }
    let several = merits.indices.filter { merits[$0].values.count > 1 }
    for (depth, front) in Pareto.fronts(several.map { Pareto.Point(merits[$0].values) })
      .enumerated()
    {
      for index in front { keys[several[index]].value = -Double(depth) }
    }
    let order = merits.indices.sorted { keys[$0] > keys[$1] }
    var places = [Int](repeating: 0, count: merits.count)
    for (rank, index) in order.enumerated().dropFirst() {
      let before = order[rank - 1]
      places[index] = keys[before] == keys[index] ? places[before] : rank
    }
    return places
  }
}

extension Merit {
  /// Merits with one value each: several objectives weighed against each other by their worst.
  ///
  /// Every objective counts by rank, 0…1; the value is minus the augmented Tchebycheff distance from the
  /// point that is best in all. Merits of one objective stay as they are.
  ///
  /// - Source: Knowles 2006, "ParEGO", eq. 2.
  package static func scalarised(
    _ merits: [Merit], using generator: inout SeededGenerator
  ) -> [Merit] {
    let completed = merits.indices.filter { merits[$0].grade == .completed }
    guard let first = completed.first, merits[first].values.count > 1 else { return merits }
    // Uniform over the simplex: the gaps between sorted uniform draws.
    let cuts = merits[first].values.dropFirst().map { _ in generator.unit() }.sorted()
    let weights = zip(cuts + [1], [0] + cuts).map { $0 - $1 }
    var distances = [(most: Double, sum: Double)](repeating: (0, 0), count: merits.count)
    for (objective, weight) in weights.enumerated() {
      let places = places(completed.map { Merit(.completed, [merits[$0].values[objective]]) })
      for (index, place) in zip(completed, places) {
        let distance = weight * Double(place) / Double(completed.count)
        distances[index].most = max(distances[index].most, distance)
        distances[index].sum += distance
      }
    }
    return merits.indices.map { index in
      guard merits[index].grade == .completed else { return merits[index] }
      return Merit(.completed, [-distances[index].most - 0.05 * distances[index].sum])
    }
  }
}

/// Its JSON form is an array, for example `[3, 0.91]`: the grade, then the values.
extension Merit: Codable {
  package init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    grade = try container.decode(Grade.self)
    var values: [Double] = []
    while !container.isAtEnd { values.append(try container.decode(Double.self)) }
    self.values = values
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    try container.encode(grade)
    for value in values { try container.encode(value) }
  }
}
