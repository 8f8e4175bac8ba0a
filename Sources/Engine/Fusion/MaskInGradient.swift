internal import CKernels

/// Lets the last kernel that writes a gradient apply the mask of the ReLU before it.
enum MaskInGradient: ProgramRule {
  static func apply(_ editor: inout ProgramEditor) {
    for index in editor.calls(of: CK_RELU_GRAD) {
      let instruction = editor.program.instructions[index]
      guard let source = instruction.operand(CK_V_X), let incoming = instruction.operand(CK_V_DY),
        let outgoing = instruction.operand(CK_V_DX), outgoing.access == .write,
        editor.isFree(incoming.value)
      else { continue }
      let accesses = editor.accesses(incoming.value)
      guard accesses.last?.instruction == index,
        let last = accesses.last(where: { $0.instruction < index }),
        editor.runTogether(last.instruction, index),
        editor.operand(last).role == CK_V_DX,
        editor.isSame(editor.operand(last).value, incoming.value)
      else { continue }
      var producer = editor.program.instructions[last.instruction]
      let isFlat = editor.operand(last).isFlat
      guard producer.kernel.masksGradient, producer.operand(CK_V_X) == nil,
        !isFlat || isRow(source.value, editor.program),
        editor.unify(incoming.value, outgoing.value)
      else { continue }
      producer.set(CK_I_RELU, 1)
      let mask = Instruction.Operand.read(CK_V_X, source.value)
      producer.operands.append(isFlat ? mask.flat : mask)
      editor.replace(last.instruction, with: producer)
      editor.remove(index)
    }
  }

  /// Whether each sample of a value lies in one piece.
  private static func isRow(_ value: Value, _ program: Program) -> Bool {
    let record = program[value]
    return record.isDense || record.shape.height * record.shape.width == 1
  }
}
