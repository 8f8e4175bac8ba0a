package import Domain

/// A table of action values, learned from whole episodes; a state is the point to decide and the last
/// decision made before it.
///
/// Rows are made when they are first written, so that a space of many layers costs what was visited.
///
/// - Source: Zhong et al. 2017, arXiv:1708.05552, §3.2, eq. 4 and 5.
/// - Departs: a step earns r / T with T fixed, and the last one what shorter episodes miss, so that
///   every length has the same total; as published longer blocks earn more.
package struct ActionValues: Codable, Hashable, Sendable {
  /// One decision of an episode.
  package struct Step: Codable, Hashable, Sendable {
    package let state: Int
    package let action: Int
    /// How many actions the state has.
    package let actions: Int

    package init(state: Int, action: Int, actions: Int) {
      self.state = state
      self.action = action
      self.actions = actions
    }
  }

  /// How close to the best an action is a tie with it.
  ///
  /// Values near a common limit differ by how fast they came there, which would favour short episodes.
  package static let tolerance = 1e-3

  /// The value of an action that was never updated.
  package let start: Double
  package let rate: Double
  package let discount: Double
  /// Whether steps before the last earn a share of the reward.
  package let isShaped: Bool
  private var rows: [Int: [Double]] = [:]

  package init(start: Double = 0.5, rate: Double, discount: Double = 1, isShaped: Bool = true) {
    self.start = start
    self.rate = rate
    self.discount = discount
    self.isShaped = isShaped
  }

  /// The values of a state's actions.
  package func values(of state: Int, actions: Int) -> [Double] {
    rows[state] ?? Array(repeating: start, count: actions)
  }

  /// The best action; ties are broken at random.
  package func greedy(
    _ state: Int, actions: Int, using generator: inout SeededGenerator
  ) -> Int {
    let values = values(of: state, actions: actions)
    guard let best = values.max() else { return 0 }
    let ties = values.indices.filter { values[$0] >= best - ActionValues.tolerance }
    return ties.count == 1 ? ties[0] : ties[generator.below(ties.count)]
  }

  /// Moves the values of an episode's actions towards its reward, the last step first.
  ///
  /// - Parameter longest: steps of the longest episode there can be: T.
  /// - Complexity: O(steps · actions).
  package mutating func update(_ episode: [Step], reward: Double, longest: Int) {
    let share = isShaped ? reward / Double(max(1, longest)) : 0
    var ahead = 0.0
    for (place, step) in episode.enumerated().reversed() {
      let isLast = place == episode.count - 1
      let target =
        isLast
        ? reward + Double(max(0, longest - episode.count)) * share : share + discount * ahead
      var row = rows[step.state] ?? Array(repeating: start, count: step.actions)
      row[step.action] += rate * (target - row[step.action])
      ahead = row.max() ?? start
      rows[step.state] = row
    }
  }
}

extension Genotype {
  /// The decisions as an episode of a table of action values.
  ///
  /// A state's number holds the point to decide, the last point decided and its value.
  package func episode(in points: [DecisionPoint]) -> [ActionValues.Step] {
    var last = 0
    var offset = 1
    var steps: [ActionValues.Step] = []
    for (index, point) in points.enumerated() {
      if let value = decisions[index] {
        steps.append(
          ActionValues.Step(
            state: last * points.count + index, action: value, actions: point.values.count))
        last = offset + value
      }
      offset += point.values.count
    }
    return steps
  }
}
