/// The sum over weights of how much the loss would change if a weight were gone, to first order.
///
/// - Source: Lee, Ajanthan & Torr 2019, "SNIP: Single-shot Network Pruning", arXiv:1810.02340; as a score
///   of networks: Abdelfattah et al. 2021, arXiv:2101.08134.
enum SNIP {
  static let entry = Proxy(
    "snip", "Size of weight times gradient, added up over the weights of all layers.",
    paper: "Lee et al. 2019, arXiv:1810.02340"
  ) { probe in
    try GradientNorm.sum(probe) { weights, gradient in
      zip(weights, gradient).reduce(0) { $0 + abs($1.0 * $1.1) }
    }
  }
}
