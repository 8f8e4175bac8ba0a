internal import Domain
internal import Engine

/// Scores a trial's network by the proxies that its order names, and judges it by the order's filter.
///
/// The scores of the pool that a filter compares with are a function of the job's seed, space and data
/// alone; the last pool is kept, which changes how long an order takes, never what it brings.
struct ProxyDesk: Sendable {
  /// What a filter says.
  enum Finding: Hashable, Sendable {
    case worthTraining
    /// Why it is not trained, in words.
    case hopeless(String)
    /// The order was cancelled, or its time was over.
    case cutShort
  }

  private struct PoolKey: Hashable {
    let space: ComponentChoice
    let digest: String
    let seed: UInt64
    let filter: ProxyFilter
    let isa: InstructionSet
  }

  private var pool: (key: PoolKey, scores: [Double])?

  /// Adds the scores to the metrics, and judges.
  ///
  /// - Throws: `ServiceError` when there is no such proxy; as `Proxy.score`.
  mutating func judge(
    _ order: WorkOrder, _ data: OrderData, isa: InstructionSet, isOver: () -> Bool,
    metrics: inout [String: Double]
  ) throws -> Finding {
    let batch = ProxyBatch(data.fitting, data.normalisation, jobSeed: order.seed)
    let probe = try ProxyProbe(order.genotype, order, batch, isa: isa)
    for id in order.proxies {
      if isOver() { return .cutShort }
      let proxy = try ProxyDesk.proxy(id)
      metrics[proxy.metricName] = try proxy.score(probe)
    }
    guard let filter = order.filter else { return .worthTraining }
    let proxy = try ProxyDesk.proxy(filter.proxy)
    let score = try metrics[proxy.metricName] ?? proxy.score(probe)
    metrics[proxy.metricName] = score
    guard let scores = try poolScores(filter, proxy, order, batch, isa, isOver) else {
      return .cutShort
    }
    guard let least = scores.isEmpty ? nil : filter.threshold(scores), score < least else {
      return .worthTraining
    }
    return .hopeless(
      "before training its \(proxy.id) \(ProxyDesk.round(score)) is below "
        + "\(ProxyDesk.round(least)), which the best \(ProxyDesk.round(100 * filter.keep)) % of "
        + "\(scores.count) uniform draws reach")
  }

  /// Scores of uniform draws of which a network can be made; nil when the time is over.
  private mutating func poolScores(
    _ filter: ProxyFilter, _ proxy: Proxy, _ order: WorkOrder, _ batch: ProxyBatch,
    _ isa: InstructionSet, _ isOver: () -> Bool
  ) throws -> [Double]? {
    let key = PoolKey(
      space: order.space, digest: order.dataset.digest, seed: order.seed, filter: filter, isa: isa)
    if let pool, pool.key == key { return pool.scores }
    guard
      let drawn = try ProxyPool(
        proxy, size: filter.pool, of: order, batch, isa: isa, isOver: isOver)
    else { return nil }
    let scores = drawn.members.map(\.score)
    pool = (key, scores)
    return scores
  }

  /// - Throws: `ServiceError` when there is no such proxy.
  static func proxy(_ id: String) throws -> Proxy {
    guard let proxy = ProxyRegistry.all[id] else {
      let known = ProxyRegistry.all.ids.joined(separator: ", ")
      throw ServiceError(.validation, "no proxy '\(id)'; known are \(known)")
    }
    return proxy
  }

  private static func round(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
}
