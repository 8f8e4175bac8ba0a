/// What the lowering of every pass must know of a network's nodes and parameters.
struct NodeFacts: Sendable {
  /// When each node runs.
  let gates: [Gate]
  /// When each parameter of the table takes part: the gate of all nodes that hold it.
  let parameterGates: [Gate]
  /// Whether a node depends on anything that is learned.
  let learns: [Bool]

  init(_ network: Network, _ table: ParameterTable) {
    let entries = network.graph.entries
    let gates = Gate.ofNodes(network, table)
    var ofParameters: [Gate?] = Array(repeating: nil, count: table.entries.count)
    var learns = Array(repeating: false, count: entries.count)
    for (index, entry) in entries.enumerated() {
      let learned = entry.parameters.filter { table.entries[$0].parameter.isLearned }
      for place in learned {
        ofParameters[place] = ofParameters[place]?.common(gates[index]) ?? gates[index]
      }
      learns[index] = !learned.isEmpty || entry.inputs.contains { learns[$0.index] }
    }
    self.gates = gates
    parameterGates = ofParameters.map { $0 ?? .open }
    self.learns = learns
  }
}
