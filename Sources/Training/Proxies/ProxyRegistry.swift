package import Domain

/// All proxies, the controls last.
package enum ProxyRegistry {
  package static let all = Registry([
    SynFlow.entry, NASWOT.entry, JacobianCovariance.entry, SNIP.entry, GradientNorm.entry,
    ZenScore.entry, CostControls.parameters, CostControls.macs,
  ])
}
