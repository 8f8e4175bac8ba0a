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
    for index in entries.indices {
      learns[index] = entries[index].inputs.contains { learns[$0.index] }
      for place in entries[index].parameters where table.entries[place].parameter.isLearned {
        learns[index] = true
        ofParameters[place] = ofParameters[place]?.common(gates[index]) ?? gates[index]
      }
    }
    self.gates = gates
    parameterGates = ofParameters.map { $0 ?? .open }
    self.learns = learns
  }
}
