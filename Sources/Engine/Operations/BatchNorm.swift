/// Batch normalisation over samples and positions, as PyTorch's: eps 1e-5, momentum 0.1, unbiased
/// running variance.
///
/// - Shapes: x [N, H, W, C] → the same; weight, bias, running_mean, running_var [C].
/// - Source: Ioffe & Szegedy 2015, arXiv:1502.03167, algorithm 1.
package struct BatchNorm: Operation {
  /// Whether a learned scale and shift follow.
  package let affine: Bool
  package let key: String
  /// Whether a ReLU is applied on the way out; set by fusion alone.
  var activates = false

  package init(affine: Bool = true, key: String) {
    self.affine = affine
    self.key = key
  }

  package var name: String { "batch_norm" }

  package func outputShape(_ inputs: [Shape]) throws(ShapeError) -> Shape {
    try single(inputs)
  }

  package func parameters(_ inputs: [Shape]) -> [Parameter] {
    let layout = Parameter.Layout.vector(inputs[0].channels)
    let statistics = [
      Parameter(
        key: key + ".running_mean", layout: layout, start: .constant(0), isLearned: false),
      Parameter(key: key + ".running_var", layout: layout, start: .constant(1), isLearned: false),
    ]
    guard affine else { return statistics }
    return [
      Parameter(key: key + ".weight", layout: layout, start: .constant(1)),
      Parameter(key: key + ".bias", layout: layout, start: .constant(0)),
    ] + statistics
  }
}
