internal import CKernels

// Gradients.
extension Lowering {
  /// The gradient of the current node's result; complete, because all readers came first.
  mutating func outputGradient() -> Value {
    guard let value = gradient(of: node) else {
      preconditionFailure("node \(node) is differentiated without a gradient")
    }
    return value
  }

  /// Whether anything wants the gradient of an input.
  func wantsGradient(_ position: Int = 0) -> Bool {
    needsGradient[graph.entries[node].inputs[position].index]
  }

  /// Where the gradient of an input is to be written, or added if other readers came before.
  ///
  /// A part that does not always run must not be the first to write: then zeros are.
  mutating func inputGradient(
    _ role: Int, _ position: Int = 0, gate: Gate? = nil
  ) -> Instruction.Operand {
    let index = graph.entries[node].inputs[position].index
    if let own = adjoints[index].own { return .update(role, own) }
    let value = program.value(graph.entries[index].shape, rows: batch)
    adjoints[index].own = value
    guard facts.gates[index] != gate ?? self.gate else { return .write(role, value) }
    emit(CK_FILL, [.write(CK_V_Y, value)], gate: facts.gates[index])
    return .update(role, value)
  }

  /// Says that a value is, unchanged, a part of the gradient of an input.
  mutating func share(_ value: Value, withInput position: Int = 0) {
    guard facts.gates[graph.entries[node].inputs[position].index] == gate else {
      let target = inputGradient(CK_V_Y, position)
      return emit(CK_COPY, [.read(CK_V_X, value), target])
    }
    adjoints[graph.entries[node].inputs[position].index].shared.append(value)
  }

  /// The whole gradient of a node; nil when nothing that was differentiated reads it.
  ///
  /// - Departs: parts that are shared are summed into the own part here, once.
  mutating func gradient(of index: Int) -> Value? {
    let adjoint = adjoints[index]
    guard !adjoint.shared.isEmpty else { return adjoint.own }
    if adjoint.own == nil, adjoint.shared.count == 1 { return adjoint.shared[0] }
    let total = adjoint.own ?? program.value(graph.entries[index].shape, rows: batch)
    sum(adjoint.shared, into: total, adding: adjoint.own != nil)
    adjoints[index] = Adjoint(own: total)
    return total
  }
}
