internal import CKernels

/// Lets the kernel that stores a tensor take its moments while it is in registers, so that a batch
/// norm need not read it once more to learn its mean and variance.
///
/// The pattern is convolution → `CK_MOMENTS`; it becomes the same kernel with a view for the
/// moments. Of several batch norms on one convolution the first has its moments taken so.
enum MeasureOnTheWayOut: ProgramRule {
  static func apply(_ editor: inout ProgramEditor) {
    for index in editor.calls(of: CK_MOMENTS) {
      let instruction = editor.program.instructions[index]
      guard let source = instruction.operand(CK_V_X)?.value,
        let moments = instruction.operand(CK_V_MOMENTS)
      else { continue }
      let before = editor.accesses(source).filter { $0.instruction < index }
      let writers = before.filter { editor.operand($0).access != .read }
      guard writers.count == 1, let writer = writers.first?.instruction,
        editor.runTogether(writer, index)
      else { continue }
      var producer = editor.program.instructions[writer]
      guard producer.kernel.measures, producer.integers[CK_I_RELU] == 0,
        producer.operand(CK_V_MOMENTS) == nil,
        let output = producer.operand(CK_V_Y), output.access == .write, !output.isFlat,
        editor.isSame(output.value, source)
      else { continue }
      producer.operands.append(moments)
      editor.replace(writer, with: producer)
      editor.remove(index)
    }
  }
}
