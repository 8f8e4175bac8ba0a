/// What an edge of a DARTS cell does with its source; the words and their order are the published ones.
///
/// - Source: Liu et al. 2019, arXiv:1806.09055, §3.1, and the released code (`PRIMITIVES`).
package enum DARTSOperation: String, Hashable, Sendable, CaseIterable {
  case none
  case max3x3 = "max_pool_3x3"
  case average3x3 = "avg_pool_3x3"
  case skip = "skip_connect"
  case separable3x3 = "sep_conv_3x3"
  case separable5x5 = "sep_conv_5x5"
  case dilated3x3 = "dil_conv_3x3"
  case dilated5x5 = "dil_conv_5x5"

  /// The published eight without the wide ones, for small images.
  package static let small: [DARTSOperation] = [
    .none, .max3x3, .average3x3, .skip, .separable3x3, .dilated3x3,
  ]
}
