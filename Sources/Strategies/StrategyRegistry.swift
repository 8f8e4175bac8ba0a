package import Domain

/// All strategies.
package enum StrategyRegistry {
  /// Every one.
  package static let all = Registry(sampling.entries + OneShotRegistry.entries)

  /// Those that train every candidate alone.
  package static let sampling = Registry([
    RandomSearch.entry,
    RegularizedEvolution.entry,
    LocalSearch.entry,
    BANANAS.entry,
    GaussianProcessSearch.entry,
    NSGA2.entry,
    TPE.entry,
    BOHB.entry,
    BlockQNN.entry,
    NASReinforce.entry,
    NASNetPPO.entry,
    EAS.entry,
  ])
}
