internal import CKernels

/// Applies a ReLU on the way out of the last kernel that writes what it reads, where nothing reads
/// that before.
///
/// The pattern is a kernel that writes or adds → `CK_RELU`; it becomes that kernel with a ReLU. Sums
/// are where it is found: what stands for one layer was fused while it was a graph.
enum ActivateOnTheWayOut: ProgramRule {
  static func apply(_ editor: inout ProgramEditor) {
    for index in editor.calls(of: CK_RELU) {
      let instruction = editor.program.instructions[index]
      guard let source = instruction.operand(CK_V_X)?.value,
        let result = instruction.operand(CK_V_Y), result.access == .write, editor.isFree(source)
      else { continue }
      let accesses = editor.accesses(source)
      guard accesses.last?.instruction == index,
        let last = accesses.last(where: { $0.instruction < index }),
        editor.operand(last).access != .read, !editor.operand(last).isFlat,
        editor.isSame(editor.operand(last).value, source),
        accesses.allSatisfy({ $0.instruction == index || editor.operand($0).access != .read }),
        editor.runTogether(last.instruction, index)
      else { continue }
      var producer = editor.program.instructions[last.instruction]
      guard producer.kernel.activates, producer.integers[CK_I_RELU] == 0,
        producer.kernel != CK_CONV2D || producer.operand(CK_V_MOMENTS) == nil,
        editor.accesses(result.value).first?.instruction == index,
        editor.unify(source, result.value)
      else { continue }
      producer.set(CK_I_RELU, 1)
      editor.replace(last.instruction, with: producer)
      editor.remove(index)
    }
  }
}
