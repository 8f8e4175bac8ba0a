/// A rewriting of the network that leaves what it computes unchanged; runs before differentiation.
protocol GraphRule: SendableMetatype {
  static func apply(_ network: Network) -> Network
}

extension Network {
  /// All rules, in the order they help each other.
  static let rules: [any GraphRule.Type] = [
    DropZeros.self, SpliceIdentities.self, KeepLive.self, ShareEqualNodes.self,
    FuseActivations.self, NormaliseInMixture.self, KeepLive.self,
  ]

  /// The network after all rules.
  func simplified() -> Network {
    Network.rules.reduce(self) { $1.apply($0) }
  }
}
