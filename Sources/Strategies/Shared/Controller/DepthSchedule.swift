internal import Domain

/// When networks gain layers: the value of the points that say how deep they are, by samples drawn.
///
/// - Source: Zoph & Le 2016, arXiv:1611.01578, §4.1 (six layers, two more every 1,600 samples).
struct DepthSchedule: Codable, Hashable, Sendable {
  private let every: Int

  static let parameter = Parameter(
    "depth_every", .integer(min: 0, max: 1_000_000), default: 0,
    "Proposals after which networks gain a layer, where the space searches depth; 0 spreads the "
      + "growth over the first half of the job's trials.")

  /// - Parameters:
  ///   - trials: the job's budget; 100 where it has none.
  ///   - every: samples from one depth to the next; 0: the first half of the trials reaches the last.
  init(_ points: [DecisionPoint], trials: Int?, every: Int) {
    let steps =
      points.filter { $0.kind == DecisionPoint.depth }.map { $0.values.count - 1 }.max() ?? 0
    self.every = every > 0 ? every : max(1, (trials ?? 100) / (2 * max(1, steps)))
  }

  /// The value's index for the sample after this many.
  func depth(after samples: Int) -> Int { samples / every }
}
