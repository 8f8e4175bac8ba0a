internal import CKernels

// Whole passes, and what is read after them.
extension Lowering {
  /// Emits the forward pass of every node up to the last.
  mutating func lowerForward() {
    for index in graph.entries.indices {
      guard let operation = graph.entries[index].operation else { continue }
      node = index
      operation.forward(&self)
    }
  }

  /// Emits the loss of the last node and, in training, the gradient that starts the backward pass:
  /// the loss's own, or ones where the goal is the sum of the logits.
  mutating func lowerLoss(_ goal: Plan.Goal = .learning) -> Value {
    node = graph.count - 1
    let logits = output()
    keep(logits)
    if threads > 1 { program[logits].home = .region(.logits, offset: 0) }
    let labels = program.value(
      Shape(channels: batch), rows: 1, home: .region(.labels, offset: 0), isDense: true)
    var operands: Operands = [
      .read(CK_V_X, logits).whole, .read(CK_V_LABELS, labels), .update(CK_V_CONTROLS, controls),
    ]
    if pass == .training, goal != .forward {
      let gradient = program.value(outputShape, rows: batch)
      if threads > 1 { program[gradient].home = .region(.logitGradients, offset: 0) }
      adjoints[node].own = gradient
      if goal == .outputSum {
        emit(CK_FILL, [.write(CK_V_Y, gradient)], reals: [(CK_F_VALUE, 1)])
      } else {
        operands.append(.write(CK_V_DX, gradient).whole)
      }
    }
    emit(CK_SOFTMAX_CROSS_ENTROPY, operands, isSingle: true)
    return logits
  }

  /// Emits the backward pass, last node first; made from the graph once, so a step needs no tape.
  mutating func lowerBackward() {
    for index in graph.entries.indices.reversed() {
      guard let operation = graph.entries[index].operation, needsGradient[index] else { continue }
      node = index
      guard adjoints[index].own != nil || !adjoints[index].shared.isEmpty else { continue }
      operation.backward(&self)
    }
    lowerMixingGradients()
  }

  /// The program, handed over so that rules can rewrite it in place; an empty one is left.
  mutating func finished() -> Program {
    var finished = Program(threads: threads)
    swap(&finished, &program)
    return finished
  }

  /// Says that a value is read after the pass.
  mutating func keep(_ value: Value) {
    program[value].isKept = true
    program[value].isDense = true
  }

  /// The gradient of the graph's input, copied to where it can be read after the pass.
  mutating func lowerInputGradient() -> Value? {
    guard let index = graph.entries.firstIndex(where: { $0.operation == nil }),
      adjoints[index].own != nil || !adjoints[index].shared.isEmpty
    else { return nil }
    node = index
    let gradient = outputGradient()
    let copy = program.value(graph.entries[index].shape, rows: batch)
    keep(copy)
    emit(CK_COPY, [.read(CK_V_X, gradient), .write(CK_V_Y, copy)])
    return copy
  }
}
