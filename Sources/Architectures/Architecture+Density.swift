package import Domain

extension Architecture {
  /// Edges per state of the searched cell, input and output counted; nil where there is no cell.
  ///
  /// - Source: Zhong et al. 2017, arXiv:1708.05552, §4.3 (the redefined reward's Density).
  package var density: Double? {
    guard let cell = cells.first, !cell.states.isEmpty else { return nil }
    return Double(cell.edges.count { $0.isLive }) / Double(cell.states.count)
  }
}
