internal import Domain

/// What trials scored after each number of epochs, from their learning curves.
///
/// Shapes: at most 32 epochs a curve are kept, the last one always.
struct FidelityTable: Codable, Hashable, Sendable {
  /// One trial's scores: the epochs and the value after each; empty where nothing was scored.
  private struct Row: Codable, Hashable, Sendable {
    let record: Int
    let epochs: [Int]
    let values: [Float]
  }

  private var rows: [Row] = []
  /// Trials without any score, such as failed ones: the worst at every fidelity.
  private var failed: [Int] = []

  /// Takes a finished trial in.
  ///
  /// - Parameter record: its number in the history, from 0.
  mutating func observe(_ trial: Trial, _ merit: Merit, record: Int) {
    guard merit.grade == .completed || merit.grade == .stopped else {
      failed.append(record)
      return
    }
    var epochs: [Int] = []
    var values: [Float] = []
    let stride = max(1, (trial.curve.count + 31) / 32)
    for (index, measurement) in trial.curve.enumerated()
    where index % stride == 0 || index + 1 == trial.curve.count {
      guard let value = measurement.metrics[MetricName.validationAccuracy] ?? nil, value.isFinite
      else { continue }
      epochs.append(measurement.epoch)
      values.append(Float(value))
    }
    if epochs.isEmpty, merit.grade == .completed, let reward = merit.reward {
      // No curve: one fidelity that no curve reaches.
      epochs = [FidelityTable.whole]
      values = [Float(reward)]
    }
    rows.append(Row(record: record, epochs: epochs, values: values))
  }

  /// For every number of epochs that `least` trials have a score at, largest first: the trials' records
  /// from best to worst, the failed ones last.
  func rankings(least: Int) -> [[Int]] {
    let levels = Set(rows.flatMap(\.epochs)).sorted(by: >)
    return levels.lazy.compactMap { level -> [Int]? in
      let scores = rows.compactMap { row -> (record: Int, value: Float)? in
        row.epochs.firstIndex(of: level).map { (row.record, row.values[$0]) }
      }
      guard scores.count + failed.count >= least, !scores.isEmpty else { return nil }
      let sorted = scores.sorted { ($1.value, $0.record) < ($0.value, $1.record) }
      return sorted.map(\.record) + failed
    }
  }

  private static let whole = 1 << 30
}
