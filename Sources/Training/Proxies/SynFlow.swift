internal import Engine

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The flow of a signal of ones through the network with all weights positive, seen from the weights.
///
/// Computed in double precision, for a deep network overflows floats, on one sample: no data is looked at.
/// Batch normalisation is left out and biases are positive too; they are not counted.
/// - Source: Tanaka et al. 2020, "Pruning neural networks without any data by iteratively conserving
///   synaptic flow", arXiv:2006.05467; as a score of networks: Abdelfattah et al. 2021, arXiv:2101.08134.
/// - Departs: the logarithm of the published score, which orders networks the same.
enum SynFlow {
  static let entry = Proxy(
    "synflow", "Logarithm of the flow of ones through positive weights; looks at no data.",
    paper: "Tanaka et al. 2020, arXiv:2006.05467"
  ) { probe in
    let (graph, logits) = try probe.network(normalises: false)
    let execution = try probe.execution(
      graph, logits, goal: .outputSum, batch: 1, kernels: .referenceDouble)
    for key in execution.plan.learnedKeys {
      execution.write(execution.read(.parameter(key)).map(abs), to: .parameter(key))
    }
    let count = execution.plan.inputShape.count
    execution.write([Double](repeating: 1, count: count), to: .inputs)
    _ = execution.pass()
    return log(
      execution.plan.layerKeys.reduce(0) { total, key in
        total
          + zip(execution.read(.parameter(key)), execution.read(.gradient(key))).reduce(0) {
            $0 + abs($1.0 * $1.1)
          }
      })
  }
}
