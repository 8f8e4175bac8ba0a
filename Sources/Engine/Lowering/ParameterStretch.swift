/// A stretch of the parameter block whose parameters take part at the same times.
struct ParameterStretch: Sendable {
  let group: Parameter.Group
  /// When they take part, whether or not the step changes them.
  let gate: Gate
  /// In elements from the start of the block.
  var range: Range<Int>

  /// When a step changes them.
  var updates: Gate { gate.inside(.updates(group)) }

  /// The stretches of a network, in order; what lies between two parameters belongs to the first.
  static func all(_ table: ParameterTable, _ facts: NodeFacts) -> [ParameterStretch] {
    var stretches: [ParameterStretch] = []
    for (place, entry) in table.entries.enumerated() where entry.parameter.isLearned {
      let group = entry.parameter.group
      let gate =
        entry.choice.map { Gate.open.inside(.mixes(choice: $0)) }
        ?? facts.parameterGates[place]
      let end = Placement.aligned(entry.offset + entry.parameter.layout.count)
      if let last = stretches.last, last.group == group, last.gate == gate,
        last.range.upperBound == entry.offset
      {
        stretches[stretches.count - 1].range = last.range.lowerBound..<end
      } else {
        stretches.append(ParameterStretch(group: group, gate: gate, range: entry.offset..<end))
      }
    }
    return stretches
  }
}
