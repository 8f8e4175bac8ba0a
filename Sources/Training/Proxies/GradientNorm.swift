internal import Engine

/// The sum over layers of the norm of the loss's gradient by their weights.
///
/// Layers are convolutions and linear layers; biases and batch normalisations are not counted.
/// - Source: Abdelfattah et al. 2021, "Zero-Cost Proxies for Lightweight NAS", arXiv:2101.08134.
enum GradientNorm {
  static let entry = Proxy(
    "grad_norm", "Norms of the loss's gradient by each layer's weights, added up.",
    paper: "Abdelfattah et al. 2021, arXiv:2101.08134"
  ) { probe in
    try sum(probe) { _, gradient in
      gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
  }

  /// Adds up a measure of every layer's weights and of the gradient of the minibatch's mean
  /// cross-entropy by them, one layer at a time.
  static func sum(
    _ probe: ProxyProbe, _ measure: (_ weights: [Double], _ gradient: [Double]) -> Double
  ) throws -> Double {
    let (graph, logits) = try probe.network()
    let execution = try probe.execution(graph, logits, goal: .learning)
    _ = execution.pass()
    return execution.plan.layerKeys.reduce(0) {
      $0 + measure(execution.read(.parameter($1)), execution.read(.gradient($1)))
    }
  }
}

extension Plan {
  /// Names of the weights of convolutions and linear layers, in the order of the graph.
  var layerKeys: [String] {
    learnedKeys.filter { (shape(ofParameter: $0)?.count ?? 0) > 1 }
  }
}
