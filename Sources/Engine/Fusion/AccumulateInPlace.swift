internal import CKernels

/// Lets the producers of a sum's terms add to one buffer, so that the sum needs no pass of its own.
///
/// A term is the base when nothing reads it after the sum; a term that only the sum reads, and whose
/// producer can add, is folded into the base. What remains is added in place.
enum AccumulateInPlace: ProgramRule {
  /// A way to rewrite one sum.
  private struct Choice {
    let base: Value
    let folded: [Value]
  }

  static func apply(_ editor: inout ProgramEditor) {
    for index in editor.calls(of: CK_ADD) {
      let instruction = editor.program.instructions[index]
      guard let result = instruction.operand(CK_V_SUM) else { continue }
      var terms = instruction.operands.filter { $0.role != CK_V_SUM }.map(\.value)
      if result.access == .update { terms.append(result.value) }
      guard Set(terms).count == terms.count else { continue }
      let choices = terms.compactMap { choice($0, terms, result, index, editor) }
      guard let best = choices.max(by: { $0.folded.count < $1.folded.count }) else { continue }
      rewrite(index, best, terms, result.value, &editor)
    }
  }

  private static func choice(
    _ base: Value, _ terms: [Value], _ result: Instruction.Operand, _ index: Int,
    _ editor: ProgramEditor
  ) -> Choice? {
    let isResult = base == result.value
    let accesses = editor.accesses(base)
    guard editor.isFree(base), let first = accesses.first, first.instruction < index,
      editor.operand(first).value == base, editor.runTogether(first.instruction, index)
    else { return nil }
    if !isResult {
      guard accesses.allSatisfy({ $0.instruction <= index }) else { return nil }
      if result.access == .write {
        let others = editor.accesses(result.value)
        guard others.allSatisfy({ $0.instruction >= index }) else { return nil }
      }
    }
    let lastRead = accesses.last {
      $0.instruction < index && editor.operand($0).access == .read
    }?.instruction
    let folded = terms.filter { term in
      term != base && canFold(term, after: max(first.instruction, lastRead ?? 0), index, editor)
    }
    if !isResult, result.access == .update, !folded.contains(result.value) { return nil }
    return Choice(base: base, folded: folded)
  }

  /// Whether a term's producers can add to a base that is neither first written nor read later.
  private static func canFold(
    _ term: Value, after start: Int, _ index: Int, _ editor: ProgramEditor
  ) -> Bool {
    guard editor.program[term].home == .arena, editor.isFree(term) else { return false }
    let accesses = editor.accesses(term).filter { $0.instruction < index }
    guard let first = accesses.first, first.instruction > start,
      accesses.allSatisfy({
        editor.operand($0).value == term && editor.operand($0).access != .read
      })
    else { return false }
    guard editor.runTogether(first.instruction, index) else { return false }
    let later = editor.accesses(term).filter { $0.instruction > index }
    let isResult = editor.program.instructions[index].operand(CK_V_SUM)?.value == term
    guard later.isEmpty || isResult else { return false }
    var producer = editor.program.instructions[first.instruction]
    return producer.accumulate(into: editor.operand(first).role)
  }

  private static func rewrite(
    _ index: Int, _ choice: Choice, _ terms: [Value], _ result: Value,
    _ editor: inout ProgramEditor
  ) {
    if choice.base != result, !choice.folded.contains(result) {
      guard editor.unify(choice.base, result) else { return }
    }
    var rest = terms.filter { $0 != choice.base }
    for term in choice.folded {
      guard let first = editor.accesses(term).first else { continue }
      var producer = editor.program.instructions[first.instruction]
      let role = editor.operand(first).role
      guard producer.accumulate(into: role), editor.unify(choice.base, term) else { continue }
      editor.replace(first.instruction, with: producer)
      rest.removeAll { $0 == term }
    }
    if rest.isEmpty { return editor.remove(index) }
    var operands = Operands(rest.enumerated().map { .read($0, $1) })
    operands.append(.update(CK_V_SUM, choice.base))
    var rewritten = Instruction(
      CK_ADD, operands, integers: [(CK_I_COUNT, rest.count), (CK_I_ACCUMULATE, 1)])
    rewritten.gate = editor.program.instructions[index].gate
    editor.replace(index, with: rewritten)
  }
}
