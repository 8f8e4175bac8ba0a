package import Domain

/// A cheap stand-in for training: a score of an untrained network from one minibatch; higher is better.
package struct Proxy: RegistryEntry {
  /// The least score there is.
  ///
  /// It stands for whatever cannot be computed: a singular kernel, an overflow, a network that hands
  /// nothing on. It is a number, not −∞, so that it can be stored and told; no proxy gives NaN.
  package static let floor = -1e9

  package let id: String
  package let summary: String
  package let paper: String
  package let parameters: [Parameter] = []
  /// Whether it only counts what the network costs: what a real proxy has to beat.
  package let isControl: Bool
  private let compute: @Sendable (ProxyProbe) throws -> Double

  init(
    _ id: String, _ summary: String, paper: String = "", isControl: Bool = false,
    compute: @escaping @Sendable (ProxyProbe) throws -> Double
  ) {
    self.id = id
    self.summary = summary
    self.paper = paper
    self.isControl = isControl
    self.compute = compute
  }

  /// The metric that a trial carries the score as; what controls count is a metric of every trial.
  package var metricName: String { isControl ? id : "proxy_" + id }

  /// The score, `floor` or more; a network without a path from its input has the floor.
  ///
  /// - Throws: `ShapeError` when the network cannot be planned, `ArenaError` or `ProxyMemoryError` when
  ///   there is no memory for it.
  package func score(_ probe: ProxyProbe) throws -> Double {
    do {
      let score = try compute(probe)
      return score.isFinite ? max(Proxy.floor, score) : Proxy.floor
    } catch is SpaceError {
      return Proxy.floor
    }
  }
}
