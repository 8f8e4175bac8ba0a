package import Domain

/// All sampling strategies.
package enum StrategyRegistry {
  package static let all = Registry([
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
