package import Domain

/// All sampling strategies.
package enum StrategyRegistry {
  package static let all = Registry([
    RandomSearch.entry, RegularizedEvolution.entry, NASReinforce.entry, NASNetPPO.entry,
  ])
}
