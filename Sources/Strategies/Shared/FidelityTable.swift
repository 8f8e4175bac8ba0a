internal import Domain

/// What trials scored after each number of epochs, from their learning curves.
///
/// All epochs are kept: those at which a pruner stops the worse must be there of the better, too.
struct FidelityTable: Codable, Hashable, Sendable {
  /// One trial's scores: the epochs and the value after each; empty where nothing was scored.
  private struct Row: Codable, Hashable, Sendable {
    let record: Int
    /// nil: 1, 2, ….
    private let some: [Int]?
    private let values: [Float]

    init(_ record: Int, _ epochs: [Int], _ values: [Float]) {
      self.record = record
      some = epochs == Array(1..<epochs.count + 1) ? nil : epochs
      self.values = values
    }

    var epochs: [Int] { some ?? Array(1..<values.count + 1) }

    /// The score after so many epochs, if there is one.
    func value(after epoch: Int) -> Float? {
      let place = some.map { $0.firstIndex(of: epoch) } ?? epoch - 1
      guard let place, values.indices.contains(place) else { return nil }
      return values[place]
    }
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
    for measurement in trial.curve {
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
    rows.append(Row(record, epochs, values))
  }

  /// For every number of epochs that `least` trials have a score at, largest first: the trials' records
  /// from best to worst, the failed ones last.
  func rankings(least: Int) -> [[Int]] {
    let levels = Set(rows.flatMap(\.epochs)).sorted(by: >)
    return levels.lazy.compactMap { level -> [Int]? in
      let scores = rows.compactMap { row -> (record: Int, value: Float)? in
        row.value(after: level).map { (row.record, $0) }
      }
      guard scores.count + failed.count >= least, !scores.isEmpty else { return nil }
      let sorted = scores.sorted { ($1.value, $0.record) < ($0.value, $1.record) }
      return sorted.map(\.record) + failed
    }
  }

  private static let whole = 1 << 30
}
