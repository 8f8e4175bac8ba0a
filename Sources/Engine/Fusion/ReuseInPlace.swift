/// Lets a kernel overwrite what it reads, where it may and nothing else needs it afterwards.
enum ReuseInPlace: ProgramRule {
  static func apply(_ editor: inout ProgramEditor) {
    for index in editor.calls(of: { $0.mayReuse }) {
      let instruction = editor.program.instructions[index]
      guard let roles = instruction.kernel.inPlace(instruction, editor.program),
        let input = instruction.operand(roles.input),
        let output = instruction.operand(roles.output), output.access == .write,
        editor.isFree(input.value), editor.isFree(output.value),
        editor.ends(input.value)?.last.instruction == index,
        editor.ends(output.value)?.first.instruction == index
      else { continue }
      _ = editor.unify(input.value, output.value)
    }
  }
}
