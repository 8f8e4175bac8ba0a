/// A rewriting of the network that leaves what it computes unchanged; runs before differentiation.
protocol GraphRule: SendableMetatype {
  static func apply(_ network: inout Network)
}

extension Network {
  /// All rules, in the order they help each other.
  static let rules: [any GraphRule.Type] = [
    DropZeros.self, SpliceIdentities.self, ShareEqualNodes.self, FuseActivations.self,
    NormaliseInMixture.self,
  ]

  /// The network after all rules, without what they left unread.
  consuming func simplified() -> Network {
    for rule in Network.rules { rule.apply(&self) }
    sweep()
    return self
  }
}
