package import Domain

/// The published tuples, the terminal last: `(1,1,3,0,0) (2,5,0,0,1) (3,7,0,0,0)`.
extension BlockQNNSpace {
  package func code(of genotype: Genotype) -> String {
    guard genotype.lies(in: points) else { return "?" }
    var words: [String] = []
    for (place, value) in genotype.decisions.enumerated() {
      guard let value else { break }
      words.append(choices(at: place + 1)[value].tuple(at: place + 1))
    }
    // Where all layers are used, the terminal is no choice.
    if genotype.decisions.last ?? nil != nil, !words.last.hasTerminal {
      words.append(BlockLayer(.terminal).tuple(at: layers + 1))
    }
    return words.joined(separator: " ")
  }

  package func genotype(of code: String) throws -> Genotype {
    let words = code.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    guard (2...layers + 1).contains(words.count) else {
      throw SpaceError(
        "'\(code)' has \(words.count) tuples; the space takes 1 to \(layers) layers and a terminal")
    }
    let last = BlockLayer(.terminal).tuple(at: words.count)
    guard words[words.count - 1] == last else {
      throw SpaceError("'\(code)' must end with the terminal \(last)")
    }
    var decisions = [Int?](repeating: nil, count: layers)
    for (place, word) in words.prefix(layers).enumerated() {
      let choices = choices(at: place + 1)
      guard let value = choices.firstIndex(where: { $0.tuple(at: place + 1) == word }),
        choices[value].operation != .terminal || place == words.count - 1
      else {
        throw SpaceError("'\(word)' is no layer that may stand at index \(place + 1)")
      }
      decisions[place] = value
    }
    return Genotype(decisions)
  }
}

extension String? {
  /// True for the tuple of a terminal.
  fileprivate var hasTerminal: Bool {
    self?.split(separator: ",").dropFirst().first == "\(BlockLayer.Operation.terminal.rawValue)"
  }
}
