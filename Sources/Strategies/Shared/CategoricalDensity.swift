internal import Domain

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A kernel density over genotypes: around each centre every decision keeps its value with high
/// probability, else takes any other.
///
/// - Source: Aitchison & Aitken 1976, "Multivariate binary discrimination by the kernel method"; widths
///   by the normal reference rule as in statsmodels, at least 0.001.
struct CategoricalDensity: Sendable {
  let centres: [Genotype]
  private let points: [DecisionPoint]
  /// Per point the probability of another value than the centre's.
  private let widths: [Double]

  /// - Parameter centres: at least one.
  init(_ centres: [Genotype], points: [DecisionPoint]) {
    self.centres = centres
    self.points = points
    let shrink = 1.06 * pow(Double(max(1, centres.count)), -1 / Double(4 + points.count))
    widths = points.indices.map { index in
      let values = centres.compactMap { $0.decisions[index].map(Double.init) }
      guard values.count > 1 else { return 1e-3 }
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      // A width beyond that of the uniform distribution would turn the kernel over.
      let most = 1 - 1 / Double(max(2, points[index].values.count))
      return min(max(1e-3, shrink * variance.squareRoot()), most)
    }
  }

  /// The mean of the kernels at a genotype.
  func density(_ genotype: Genotype) -> Double {
    var sum = 0.0
    for centre in centres {
      var product = 1.0
      for (index, width) in widths.enumerated() {
        let values = points[index].values.count
        let value = genotype.decisions[index]
        let other = centre.decisions[index]
        if value == nil, other == nil { continue }
        product *= value == other ? 1 - width : width / Double(max(1, values - 1))
      }
      sum += product
    }
    return sum / Double(max(1, centres.count))
  }

  /// A genotype near one of the centres, each as likely.
  ///
  /// - Source: HpBandSter, `bohb.py`: a decision keeps its value with probability 1 − width, else it is
  ///   uniform.
  func draw(using generator: inout SeededGenerator) -> Genotype {
    let centre = centres[generator.below(centres.count)]
    var draw = Genotype(Array(repeating: nil, count: points.count))
    for (index, point) in points.enumerated() where draw.isActive(index, in: points) {
      if let value = centre.decisions[index], generator.unit() < 1 - widths[index] {
        draw.decisions[index] = value
      } else {
        draw.decisions[index] = generator.below(point.values.count)
      }
    }
    return draw
  }
}
