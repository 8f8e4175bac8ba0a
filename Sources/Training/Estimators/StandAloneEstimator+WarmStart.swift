internal import Architectures
internal import Datasets
internal import Domain
internal import Engine

// Before a search: what a warm start finds.
extension StandAloneEstimator {
  /// Share of an order's seconds after which no further draw is scored.
  private static let drawingShare = 0.8

  /// Scores uniform draws by the proxy, as many as there are seconds for, and hands on the best.
  ///
  /// - Complexity: O(draws), each a pass or two of an untrained network.
  func findStarts(_ start: WarmStart, for order: WorkOrder, watch: TrainingWatch) throws -> Outcome
  {
    let began = watch.clock()
    let data = try data(for: order)
    guard data.fitting.count > 0 else { return .failed(reason: "no row is left to score on") }
    let proxy = try ProxyDesk.proxy(start.proxy)
    let batch = ProxyBatch(data.fitting, data.normalisation, jobSeed: order.seed)
    let limit = order.secondsLeft.map { began + $0 * StandAloneEstimator.drawingShare }
    let pool = try ProxyPool(
      proxy, size: start.draws, of: order, batch, isa: try order.numerics.instructionSet(),
      isEnough: { limit.map { watch.clock() >= $0 } ?? false }, isOver: watch.isCancelled)
    guard let pool else { return .cancelled }
    let best = pool.best(start.keep)
    guard let first = best.first else {
      return .infeasible(reason: "none of \(4 * start.draws) draws is a network on this data", nil)
    }
    let candidates = best.map {
      ScoredCandidate(
        genotype: $0.genotype, purposes: [.start], metrics: [proxy.metricName: $0.score])
    }
    return .completed(
      Evaluation(
        fingerprint: "", metrics: [proxy.metricName: first.score],
        measured: ["score_seconds": watch.clock() - began], curve: [], weights: nil,
        derivation: Derivation(strengths: [:], candidates: candidates, warnings: [])))
  }
}
