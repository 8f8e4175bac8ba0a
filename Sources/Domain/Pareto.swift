/// Several objectives at once: which measured points are better than which, and how much they cover.
///
/// All values are turned so that larger is better; see `Objective.oriented`.
package enum Pareto {
  /// What one candidate measured.
  package struct Point: Codable, Hashable, Sendable {
    /// One value per objective, larger is better.
    package let values: [Double]
    /// By how much limits are broken, each as a share of itself; 0 where all are kept.
    package let violation: Double

    package init(_ values: [Double], violation: Double = 0) {
      self.values = values
      self.violation = violation
    }

    /// What a trial measured; nil where it did not complete or lacks a finite metric.
    ///
    /// One that was refused untrained for breaking limits is a point without values.
    package init?(_ trial: Trial, _ objectives: [Objective]) {
      var values: [Double] = []
      var violation = 0.0
      for objective in objectives {
        guard let value = trial.metrics[objective.metricName], value.isFinite else { continue }
        values.append(objective.oriented(value))
        violation += objective.violation(value)
      }
      switch trial.state {
      case .completed where values.count == objectives.count:
        self.init(values, violation: violation)
      case .infeasible where violation > 0: self.init([], violation: violation)
      default: return nil
      }
    }

    /// Constraint domination: the less a point breaks limits the better it is; between two that keep
    /// them, one dominates that is nowhere worse and somewhere better.
    ///
    /// - Source: Deb et al. 2002, "A fast and elitist multiobjective genetic algorithm: NSGA-II", §VI.
    package func dominates(_ other: Point) -> Bool {
      if violation != other.violation { return violation < other.violation }
      if violation > 0 { return false }
      var isBetter = false
      for (value, rival) in zip(values, other.values) {
        if value < rival { return false }
        if value > rival { isBetter = true }
      }
      return isBetter
    }
  }

  /// Indices of the points by front, best front first; inside a front in the points' order.
  ///
  /// - Complexity: O(n²) comparisons.
  /// - Source: Deb et al. 2002, §III.A (fast non-dominated sorting).
  package static func fronts(_ points: [Point]) -> [[Int]] {
    var dominated = [[Int]](repeating: [], count: points.count)
    var above = [Int](repeating: 0, count: points.count)
    for first in points.indices {
      for second in points.indices.dropFirst(first + 1) {
        if points[first].dominates(points[second]) {
          dominated[first].append(second)
          above[second] += 1
        } else if points[second].dominates(points[first]) {
          dominated[second].append(first)
          above[first] += 1
        }
      }
    }
    var fronts: [[Int]] = []
    var front = points.indices.filter { above[$0] == 0 }
    while !front.isEmpty {
      fronts.append(front)
      var next: [Int] = []
      for index in front {
        for worse in dominated[index] {
          above[worse] -= 1
          if above[worse] == 0 { next.append(worse) }
        }
      }
      front = next.sorted()
    }
    return fronts
  }

  /// How far from its neighbours each point of one front lies; the ends of every objective lie
  /// infinitely far.
  ///
  /// - Returns: one distance per element of `front`; an objective without a spread adds nothing. Points
  ///   that break limits are no trade-offs: they lie at distance 0.
  /// - Source: Deb et al. 2002, §III.B (crowding distance).
  package static func crowding(_ front: [Int], of points: [Point]) -> [Double] {
    var distances = [Double](repeating: 0, count: front.count)
    guard let first = front.first, points[first].violation == 0 else { return distances }
    for objective in points[first].values.indices {
      func value(_ place: Int) -> Double { points[front[place]].values[objective] }
      let order = front.indices.sorted { (value($0), $0) < (value($1), $1) }
      let range = value(order[order.count - 1]) - value(order[0])
      distances[order[0]] = .infinity
      distances[order[order.count - 1]] = .infinity
      guard range > 0, order.count > 2 else { continue }
      for place in 1..<order.count - 1 {
        distances[order[place]] += (value(order[place + 1]) - value(order[place - 1])) / range
      }
    }
    return distances
  }

  /// The volume that points cover above a reference point, exact for one to three objectives.
  ///
  /// - Parameter reference: one value per objective; points that are not above it everywhere, and
  ///   points that break a limit, cover nothing.
  /// - Returns: nil for more than three objectives or none.
  /// - Complexity: O(n² log n) for three objectives.
  package static func hypervolume(_ points: [Point], reference: [Double]) -> Double? {
    guard (1...3).contains(reference.count) else { return nil }
    let extents = points.compactMap { point -> [Double]? in
      guard point.violation == 0, point.values.count == reference.count else { return nil }
      let extent = zip(point.values, reference).map { $0 - $1 }
      return extent.allSatisfy { $0 > 0 && $0.isFinite } ? extent : nil
    }
    switch reference.count {
    case 1: return extents.map { $0[0] }.max() ?? 0
    case 2: return area(extents.map { ($0[0], $0[1]) })
    default:
      // Slices along the third objective, from the top: each is as high as the gap to the next.
      let sorted = extents.sorted { $0[2] > $1[2] }
      var volume = 0.0
      for (index, extent) in sorted.enumerated() {
        let below = index + 1 < sorted.count ? sorted[index + 1][2] : 0
        guard extent[2] > below else { continue }
        volume += (extent[2] - below) * area(sorted[...index].map { ($0[0], $0[1]) })
      }
      return volume
    }
  }

  /// The area of the union of rectangles from the origin.
  private static func area(_ corners: [(Double, Double)]) -> Double {
    var total = 0.0
    var height = 0.0
    for (width, top) in corners.sorted(by: { $0 > $1 }) where top > height {
      total += width * (top - height)
      height = top
    }
    return total
  }
}

extension Objective {
  /// A measured value turned so that larger is better.
  package func oriented(_ value: Double) -> Double { goal == .maximise ? value : -value }

  /// By how much a value breaks the limit, as a share of the limit; 0 where it keeps it or none is set.
  package func violation(_ value: Double) -> Double {
    guard let limit else { return 0 }
    let excess = goal == .maximise ? limit - value : value - limit
    return excess > 0 ? excess / max(abs(limit), 1e-12) : 0
  }
}
