internal import CKernels

// Values that are not computed but looked at differently.
extension Lowering {
  /// A part of a value, from a position on.
  mutating func part(
    of whole: Value, _ shape: Shape, row: Int = 0, column: Int = 0, channel: Int = 0
  ) -> Value {
    program.value(
      shape, rows: batch,
      home: .part(of: whole, row: Int32(row), column: Int32(column), channel: Int32(channel)))
  }

  /// Makes an input a part of the result: its producer writes straight there where it can, else it
  /// is copied.
  mutating func placeInput(_ position: Int, inOutputAt channel: Int) {
    let value = input(position)
    let place = Program.Home.part(of: output(), row: 0, column: 0, channel: Int32(channel))
    if program[value].home == .arena, !program[value].isDense {
      program[value].home = place
    } else {
      let target = program.value(program[value].shape, rows: batch, home: place)
      emit(CK_COPY, [.read(CK_V_X, value), .write(CK_V_Y, target)])
    }
  }

  /// The current node's input, with each sample in one piece; copied if it lies scattered.
  mutating func denseInput() -> Value {
    let value = input()
    let record = program[value]
    guard record.shape.height * record.shape.width > 1, !record.isDense else { return value }
    if record.home == .arena {
      program[value].isDense = true
      return value
    }
    if let copy = notes[node] { return copy }
    let copy = program.value(record.shape, rows: batch, isDense: true)
    notes[node] = copy
    emit(CK_COPY, [.read(CK_V_X, value), .write(CK_V_Y, copy)])
    return copy
  }

  /// Says that each sample of a value must lie in one piece.
  mutating func requireDense(_ value: Value) {
    program[value].isDense = true
  }

  /// The gradient of the result before a fused ReLU.
  mutating func activationGradient(_ activates: Bool) -> Value {
    let gradient = outputGradient()
    guard activates else { return gradient }
    let masked = program.value(outputShape, rows: batch)
    emit(
      CK_RELU_GRAD,
      [.read(CK_V_X, output()), .read(CK_V_DY, gradient), .write(CK_V_DX, masked)])
    return masked
  }
}
