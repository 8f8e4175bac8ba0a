internal import Engine

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// How unlike each other the samples of a minibatch pull at the outputs.
///
/// With J the gradient of the sum of all class scores by one sample, and v the eigenvalues of the
/// correlations of the samples' gradients, the score is −Σ [log(v + k) + 1 / (v + k)], k = 1e-5.
/// Two equal samples have an eigenvalue of 0, which costs 1 / k.
/// - Source: Mellor et al. 2020, "Neural Architecture Search without Training", first version,
///   arXiv:2006.04647v1.
enum JacobianCovariance {
  static let entry = Proxy(
    "jacov", "Eigenvalues of the correlations of the samples' input gradients.",
    paper: "Mellor et al. 2020, arXiv:2006.04647v1"
  ) { probe in
    let (graph, logits) = try probe.network()
    let execution = try probe.execution(graph, logits, goal: .outputSum, inputGradient: true)
    _ = execution.pass()
    let width = execution.plan.inputShape.count
    let gradient = execution.read(.inputGradient)
    guard !gradient.isEmpty else { return -.infinity }
    return score(
      (0..<probe.batch).map { Array(gradient[$0 * width..<($0 + 1) * width]) })
  }

  /// The score of the samples' gradients; −∞ where one of them is constant, which correlates with none.
  static func score(_ gradients: [[Double]]) -> Double {
    var units: [[Double]] = []
    for gradient in gradients {
      let mean = gradient.reduce(0, +) / Double(gradient.count)
      let centred = gradient.map { $0 - mean }
      let length = centred.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard length > 0, length.isFinite else { return -.infinity }
      units.append(centred.map { $0 / length })
    }
    let correlations = units.map { first in
      units.map { second in zip(first, second).reduce(0) { $0 + $1.0 * $1.1 } }
    }
    let least = 1e-5
    return -SymmetricEigenvalues(correlations).values.reduce(0) {
      let value = max(0, $1) + least
      return $0 + log(value) + 1 / value
    }
  }
}
