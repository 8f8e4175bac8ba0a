internal import Domain

/// One word a block: `sep_3x3(0)+identity(1) conv_3x3(2)&max_3x3(0)`, where `+` adds, `&` concatenates,
/// and numbers are states.
extension NASNetCell {
  var code: String {
    blocks.map { block in
      [block.first, block.second].map { "\($0.operation.rawValue)(\($0.input))" }
        .joined(separator: block.concatenates ? "&" : "+")
    }.joined(separator: " ")
  }

  /// The cells of a text, apart by bars.
  ///
  /// - Throws: `SpaceError` that names the part that cannot be read.
  static func cells(
    of code: String, count: Int, blocks: Int, operations: [Operation], concatenates: Bool
  ) throws(SpaceError) -> [NASNetCell] {
    let parts = code.split(separator: "|", omittingEmptySubsequences: false)
    guard parts.count == count else {
      throw SpaceError("'\(code)' has \(parts.count) cells; the space has \(count)")
    }
    var cells: [NASNetCell] = []
    for part in parts {
      let words = part.split(separator: " ")
      guard words.count == blocks else {
        throw SpaceError("'\(part)' has \(words.count) blocks; the space has \(blocks)")
      }
      var read: [Block] = []
      for (index, word) in words.enumerated() {
        read.append(
          try block(of: word, number: index, operations: operations, concatenates: concatenates))
      }
      cells.append(NASNetCell(read))
    }
    return cells
  }

  private static func block(
    of word: Substring, number: Int, operations: [Operation], concatenates: Bool
  ) throws(SpaceError) -> Block {
    let sign = word.first { $0 == "+" || $0 == "&" }
    let sides = word.split(omittingEmptySubsequences: false) { $0 == "+" || $0 == "&" }
    guard sides.count == 2, sign == "+" || concatenates else {
      let signs = concatenates ? "+ or &" : "+"
      throw SpaceError("'\(word)' must be two operations joined by \(signs)")
    }
    return Block(
      try branch(of: sides[0], block: number, operations),
      try branch(of: sides[1], block: number, operations), concatenates: sign == "&")
  }

  private static func branch(
    of side: Substring, block: Int, _ operations: [Operation]
  ) throws(SpaceError) -> Branch {
    let halves = side.split(separator: "(", omittingEmptySubsequences: false)
    guard halves.count == 2, halves[1].last == ")",
      let operation = operations.first(where: { $0.rawValue == halves[0] }),
      let input = Int(halves[1].dropLast()), (0..<block + 2).contains(input),
      side == "\(operation.rawValue)(\(input))"
    else {
      throw SpaceError(
        "'\(side)' must be OPERATION(STATE), a state below \(block + 2) and one of "
          + operations.map(\.rawValue).joined(separator: ", "))
    }
    return Branch(operation, input)
  }
}
