package import Domain

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Regression of scores on genotypes: a mean and how sure it is, for genotypes not tried yet.
///
/// - Source: Rasmussen & Williams 2006, "Gaussian Processes for Machine Learning", algorithm 2.1.
package struct GaussianProcess: Sendable {
  /// What is fitted to the scores.
  package struct Fit: Codable, Hashable, Sendable {
    /// Per decision point: how much less alike two genotypes are for differing there.
    package var weights: [Double]
    /// Variance of the noise as a share of the signal's.
    package var noise: Double

    package init(weights: [Double], noise: Double) {
      self.weights = weights
      self.noise = noise
    }
  }

  package let fit: Fit
  private let kernel: DecisionKernel
  private var codes: [DecisionKernel.Code] = []
  private var factor = TriangularFactor()

  /// A process without inputs.
  package init(points: [DecisionPoint], fit: Fit) {
    self.fit = fit
    kernel = DecisionKernel(points: points, weights: fit.weights)
  }

  /// Makes `genotypes` the inputs; what they share with the present ones, from the front, is kept.
  ///
  /// - Complexity: O(n²) for every input that is not kept.
  package mutating func condition(on genotypes: [Genotype]) {
    let codes = genotypes.map(DecisionKernel.code)
    let shared = zip(self.codes, codes).prefix { $0 == $1 }.count
    self.codes = Array(self.codes.prefix(shared))
    factor.truncate(to: shared)
    let columns = DecisionKernel.columns(codes)
    for code in codes.dropFirst(shared) {
      let row = kernel.likeness(code, to: columns, count: codes.count)
      factor.append(row[..<self.codes.count] + [1 + fit.noise])
      self.codes.append(code)
    }
  }

  /// Mean and standard deviation at the candidates, given scores of the first inputs; inputs without a
  /// score make the deviation smaller near them and leave the mean.
  ///
  /// - Source: Desautels et al. 2014, "Parallelizing Exploration-Exploitation Tradeoffs in Gaussian
  ///   Process Bandit Optimization" (pending inputs).
  package func predict(
    _ candidates: [Genotype], scores: [Double]
  ) -> [(mean: Double, deviation: Double)] {
    let candidates = candidates.map(DecisionKernel.code)
    let rows = scores.count
    let half = factor.solve(scores, rows: rows)
    let alpha = factor.solveTransposed(half, rows: rows)
    let scale = rows > 0 ? half.reduce(0) { $0 + $1 * $1 } / Double(rows) : 1
    let width = candidates.count
    let columns = DecisionKernel.columns(candidates)
    var across: [Double] = []
    across.reserveCapacity(codes.count * width)
    var means = [Double](repeating: 0, count: width)
    for (row, code) in codes.enumerated() {
      let likenesses = kernel.likeness(code, to: columns, count: width)
      if row < rows {
        for index in 0..<width { means[index] += likenesses[index] * alpha[row] }
      }
      across += likenesses
    }
    let lengths = factor.squaredLengths(across, width: width)
    return zip(means, lengths).map { ($0, (max(0, 1 - $1) * scale).squareRoot()) }
  }

  /// How well the fit explains the scores: the logarithm of their likelihood but for a constant, at the
  /// best scale of the signal.
  package func evidence(scores: [Double]) -> Double {
    let half = factor.solve(scores, rows: scores.count)
    let scale = half.reduce(0) { $0 + $1 * $1 } / Double(scores.count)
    let logarithms = factor.diagonal.reduce(0) { $0 + log($1) }
    return -Double(scores.count) / 2 * log(max(scale, 1e-12)) - logarithms
  }

  /// What weights are expected to be: genotypes that differ everywhere have a likeness of e⁻².
  package static func expected(_ points: [DecisionPoint]) -> Fit {
    let weight = 2 / Double(max(1, points.count))
    return Fit(weights: points.map { _ in weight }, noise: 0.05)
  }

  /// The fit that explains the scores best among those near `start`: all weights and the noise are
  /// scaled together, then every point's weight by itself.
  ///
  /// A weight far from the expected one costs evidence, which keeps few scores from being explained too
  /// well.
  ///
  /// - Complexity: O((points + 5) n³); of more than 48 points, each call tries 48.
  package static func fitted(
    _ genotypes: [Genotype], scores: [Double], points: [DecisionPoint], from start: Fit
  ) -> Fit {
    let expected = log(2 / Double(max(1, points.count)))
    func evidence(_ fit: Fit) -> Double {
      let penalty = fit.weights.reduce(0) { $0 + (log($1) - expected) * (log($1) - expected) }
      var process = GaussianProcess(points: points, fit: fit)
      process.condition(on: genotypes)
      return process.evidence(scores: scores) - 0.2 * penalty
    }
    var best = start
    var value = evidence(start)
    func consider(_ fit: Fit) -> Bool {
      let rival = evidence(fit)
      guard rival > value else { return false }
      best = fit
      value = rival
      return true
    }
    func scaled(by factor: Double) -> Fit {
      Fit(weights: best.weights.map { limited($0 * factor) }, noise: best.noise)
    }
    if !consider(scaled(by: 0.5)) { _ = consider(scaled(by: 2)) }
    let quieter = Fit(weights: best.weights, noise: max(1e-4, best.noise / 4))
    let louder = Fit(weights: best.weights, noise: min(1, best.noise * 4))
    if !consider(quieter) { _ = consider(louder) }
    let stride = max(1, (points.count + 47) / 48)
    for index in points.indices where index % stride == genotypes.count / 8 % stride {
      for factor in [0.4, 2.5] {
        var fit = best
        fit.weights[index] = limited(fit.weights[index] * factor)
        if consider(fit) { break }
      }
    }
    return best
  }

  private static func limited(_ weight: Double) -> Double { min(max(weight, 1e-3), 8) }
}
