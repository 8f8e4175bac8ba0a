package import Domain

/// All pruners.
package enum PrunerRegistry {
  package static let all = Registry([ASHAPruner.entry, HyperbandPruner.entry, MedianPruner.entry])
}
