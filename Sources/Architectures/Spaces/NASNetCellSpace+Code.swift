package import Domain

/// One word a block, cells apart by a bar: `sep_3x3(0)+identity(1) conv_3x3(2)&max_3x3(0) | …`, where
/// `+` adds, `&` concatenates, and numbers are states.
extension NASNetCellSpace {
  package func code(of genotype: Genotype) -> String {
    guard let cells = try? cells(of: genotype.decisions), genotype.lies(in: points) else {
      return "?"
    }
    return cells.map { cell in
      cell.blocks.map { block in
        [block.first, block.second].map { "\($0.operation.rawValue)(\($0.input))" }
          .joined(separator: block.concatenates ? "&" : "+")
      }.joined(separator: " ")
    }.joined(separator: " | ")
  }

  package func genotype(of code: String) throws -> Genotype {
    let parts = code.split(separator: "|", omittingEmptySubsequences: false)
    guard parts.count == names.count else {
      throw SpaceError("'\(code)' has \(parts.count) cells; the space has \(names.count)")
    }
    return Genotype(
      try parts.flatMap { part in
        let words = part.split(separator: " ")
        guard words.count == blocks else {
          throw SpaceError("'\(part)' has \(words.count) blocks; the space has \(blocks)")
        }
        return try words.enumerated().flatMap { try decisions(of: $0.element, block: $0.offset) }
      })
  }

  private func decisions(of word: Substring, block: Int) throws -> [Int?] {
    let sign = word.first { $0 == "+" || $0 == "&" }
    let sides = word.split(omittingEmptySubsequences: false) { $0 == "+" || $0 == "&" }
    guard sides.count == 2, sign == "+" || searchesCombination else {
      let signs = searchesCombination ? "+ or &" : "+"
      throw SpaceError("'\(word)' must be two operations joined by \(signs)")
    }
    let branches = try sides.map { side in
      let halves = side.split(separator: "(", omittingEmptySubsequences: false)
      guard halves.count == 2, halves[1].last == ")",
        let operation = operations.firstIndex(where: { $0.rawValue == halves[0] }),
        let input = Int(halves[1].dropLast()), (0..<block + 2).contains(input),
        side == "\(operations[operation].rawValue)(\(input))"
      else {
        throw SpaceError(
          "'\(side)' must be OPERATION(STATE), a state below \(block + 2) and one of "
            + operations.map(\.rawValue).joined(separator: ", "))
      }
      return (input: input, operation: operation)
    }
    return [
      branches[0].input, branches[1].input, branches[0].operation, branches[1].operation,
    ] + (searchesCombination ? [sign == "&" ? 1 : 0] : [])
  }
}
