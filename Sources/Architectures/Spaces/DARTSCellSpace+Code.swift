package import Domain

/// The published notation: `normal sep_conv_3x3(0) sep_conv_3x3(1) | …; reduce …`, one part a node;
/// the two words of a node are read in any order and written by state.
extension DARTSCellSpace {
  package func code(of genotype: Genotype) -> String {
    guard let cells = try? cells(of: genotype.decisions) else { return "?" }
    return zip(titles, cells).map { "\($0) \($1.code)" }.joined(separator: "; ")
  }

  package func genotype(of code: String) throws -> Genotype {
    let parts = code.split(separator: ";", omittingEmptySubsequences: false)
    guard parts.count == names.count else {
      throw SpaceError("'\(code)' has \(parts.count) cells; the space has \(names.count)")
    }
    var decisions: [Int?] = []
    for (title, part) in zip(titles, parts) {
      let words = part.split(separator: " ", maxSplits: 1)
      guard words.count == 2, words[0] == title else {
        throw SpaceError("'\(part)' must begin with \(title) and name \(nodes) nodes")
      }
      let texts = words[1].split(separator: "|", omittingEmptySubsequences: false)
      guard texts.count == nodes else {
        throw SpaceError("'\(words[1])' has \(texts.count) nodes; the space has \(nodes)")
      }
      for (node, text) in texts.enumerated() { decisions += try read(text, node: node) }
    }
    return Genotype(decisions)
  }

  /// What a genotype's code calls the cells.
  private var titles: [String] { names.map { $0 == "reduction" ? "reduce" : $0 } }

  private func read(_ text: Substring, node: Int) throws(SpaceError) -> [Int?] {
    var branches: [(input: Int, operation: Int)] = []
    for word in text.split(separator: " ") {
      let halves = word.split(separator: "(", omittingEmptySubsequences: false)
      guard halves.count == 2, halves[1].last == ")",
        let operation = choices.firstIndex(where: { $0.rawValue == halves[0] }),
        let input = Int(halves[1].dropLast()), (0..<node + 2).contains(input),
        word == "\(choices[operation].rawValue)(\(input))"
      else {
        throw SpaceError(
          "'\(word)' must be OPERATION(STATE), a state below \(node + 2) and one of "
            + choices.map(\.rawValue).joined(separator: ", "))
      }
      branches.append((input, operation))
    }
    branches.sort { $0.input < $1.input }
    let pairs = DARTSCell.pairs(ofNode: node)
    guard branches.count == 2,
      let pair = pairs.firstIndex(where: { $0 == (branches[0].input, branches[1].input) })
    else {
      throw SpaceError("'\(text)' must be two operations on two different states")
    }
    return [pair, branches[0].operation, branches[1].operation]
  }
}
