internal import CKernels

// Results that are a part of an input, and their gradients.
extension Lowering {
  /// Says that the result is a part of the input, from a channel on; nothing is computed.
  mutating func lookAtInput(fromChannel channel: Int) {
    results[node] = part(of: input(), outputShape, channel: channel)
  }

  /// The gradient of an input, for parts of it to be added to; where nothing was written yet, zeros are.
  mutating func addedInputGradient(_ position: Int = 0) -> Value {
    let index = graph.entries[node].inputs[position].index
    if let own = adjoints[index].own { return own }
    let value = program.value(graph.entries[index].shape, rows: batch)
    adjoints[index].own = value
    emit(CK_FILL, [.write(CK_V_Y, value)], gate: facts.gates[index])
    return value
  }
}
