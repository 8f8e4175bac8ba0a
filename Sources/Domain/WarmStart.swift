/// Begins a search with the best of uniform draws by a proxy, in the place of random starts.
package struct WarmStart: Codable, Hashable, Sendable {
  /// Id of the proxy.
  package var proxy: String
  /// How many uniform draws are scored.
  package var draws: Int
  /// How many of them, best first, are the job's first trials.
  package var keep: Int

  package static let standard = (draws: 100, keep: 10)

  package init(
    proxy: String, draws: Int = WarmStart.standard.draws, keep: Int = WarmStart.standard.keep
  ) {
    self.proxy = proxy
    self.draws = draws
    self.keep = keep
  }
}
