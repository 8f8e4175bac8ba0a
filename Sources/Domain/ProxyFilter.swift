/// Ends candidates before their training whose proxy says that they are not worth it.
package struct ProxyFilter: Codable, Hashable, Sendable {
  /// Id of the proxy.
  package var proxy: String
  /// Share of uniform draws from the space that would be let through; above 0, and 1 lets all through.
  package var keep: Double
  /// How many uniform draws say what a good score is.
  package var pool: Int

  package static let standardPool = 64

  package init(proxy: String, keep: Double, pool: Int = ProxyFilter.standardPool) {
    self.proxy = proxy
    self.keep = keep
    self.pool = pool
  }

  /// The least score that is let through: of the pool's scores, that of the last one kept.
  ///
  /// - Parameter scores: of the pool; not empty.
  package func threshold(_ scores: [Double]) -> Double {
    let kept = max(1, min(scores.count, Int((keep * Double(scores.count)).rounded())))
    return scores.sorted(by: >)[kept - 1]
  }
}
