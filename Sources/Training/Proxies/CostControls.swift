internal import Domain

/// What a network costs, taken for its score: a proxy that orders networks no better is worth nothing.
enum CostControls {
  static let parameters = Proxy(
    MetricName.parameters, "Learned numbers; a control for the others.", isControl: true
  ) {
    Double($0.architecture.parameters)
  }

  static let macs = Proxy(
    MetricName.macs, "Multiply–accumulates of a forward pass; a control for the others.",
    isControl: true
  ) {
    Double($0.architecture.macs)
  }
}
