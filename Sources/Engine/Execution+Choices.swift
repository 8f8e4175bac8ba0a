// What becomes of the choices of a supernet.
extension Execution {
  /// What becomes of a choice from the next pass on; a plan starts with mixtures.
  ///
  /// - Throws: `ShapeError` when the plan has no such choice, or the choice no such branch.
  package func choose(_ choice: Choice, for key: String) throws(ShapeError) {
    try choose([key: choice])
  }

  /// What becomes of several choices from the next pass on; the others stay as they are.
  ///
  /// Costs no more than to open and shut gates: the plan and its memory stay as they are.
  ///
  /// - Throws: `ShapeError` when the plan has no such choice, or a choice no such branch; then
  ///   nothing has changed. Of several errors it is that of the first key by order.
  /// - Complexity: O(choices + conditions of all gates).
  package func choose(_ choices: [String: Choice]) throws(ShapeError) {
    var refused: (key: String, error: ShapeError)?
    for (key, choice) in choices where refused.map({ key < $0.key }) ?? true {
      do {
        try check(choice, for: key)
      } catch {
        refused = (key, error)
      }
    }
    if let refused { throw refused.error }
    for (key, choice) in choices {
      guard let entry = plan.table[key], let number = entry.choice else { continue }
      gates.set(choice, for: number)
      writeWeights(of: choice, entry)
    }
    gates.settle()
  }

  private func check(_ choice: Choice, for key: String) throws(ShapeError) {
    guard let entry = plan.table[key], entry.choice != nil else {
      throw ShapeError(
        operation: "choice",
        message: "key is '\(key)'; it must be one of \(plan.table.choices.joined(separator: ", "))")
    }
    try choice.check(branches: entry.parameter.layout.count)
  }

  private func writeWeights(of choice: Choice, _ entry: ParameterTable.Entry) {
    let offset = plan.regions[.mixing, default: 0] + entry.offset - plan.table.architectureStart
    let start = address(offset)
    for branch in 0..<entry.parameter.layout.count {
      guard let weight = choice.weight(of: branch) else { return }
      if plan.kernels.elementBytes == 8 {
        start.storeBytes(of: Double(weight), toByteOffset: 8 * branch, as: Double.self)
      } else {
        start.storeBytes(of: weight, toByteOffset: 4 * branch, as: Float.self)
      }
    }
  }
}
