/// What must hold for a kernel call to run; an empty gate is always open.
///
/// Gates let one plan serve every path of a supernet: choosing a branch opens and shuts gates, and
/// the list of calls stays as it is.
struct Gate: Hashable, Sendable {
  /// One thing that must hold.
  enum Condition: Hashable, Sendable {
    /// A branch of a choice takes part, alone or in the mixture.
    case takes(choice: Int, branch: Int)
    /// A choice is mixed by its architecture parameters.
    case mixes(choice: Int)
    /// A step changes the parameters of a group.
    case updates(Parameter.Group)
  }

  /// The outermost first.
  private(set) var conditions: [Condition] = []

  static let open = Gate()

  /// The gate inside this one that has one condition more.
  func inside(_ condition: Condition) -> Gate {
    var gate = self
    gate.conditions.append(condition)
    return gate
  }

  /// What both demand, from the outside on: the gate of a part that serves both.
  func common(_ other: Gate) -> Gate {
    if self == other { return self }
    var gate = Gate()
    for (mine, its) in zip(conditions, other.conditions) {
      guard mine == its else { break }
      gate.conditions.append(mine)
    }
    return gate
  }
}

extension Gate {
  /// The gate of every node of a network: that of the branches that all its readers lie in.
  static func ofNodes(_ network: Network, _ table: ParameterTable) -> [Gate] {
    var gates: [Gate?] = Array(repeating: nil, count: network.graph.count)
    gates[network.output.index] = .open
    let entries = network.graph.entries
    for index in entries.indices.reversed() {
      guard let gate = gates[index] else { continue }
      guard entries[index].isA(Mixture.self), let mixture = entries[index].operation as? Mixture,
        let choice = table.entries[entries[index].parameters[0]].choice
      else {
        for input in entries[index].inputs {
          gates[input.index] = gates[input.index]?.common(gate) ?? gate
        }
        continue
      }
      for (position, input) in entries[index].inputs.enumerated() {
        let wanted = gate.inside(.takes(choice: choice, branch: mixture.slots[position]))
        gates[input.index] = gates[input.index]?.common(wanted) ?? wanted
      }
    }
    return gates.map { $0 ?? .open }
  }
}
