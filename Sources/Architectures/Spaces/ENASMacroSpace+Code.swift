package import Domain

/// One word a layer, its skips after a `<`: `conv_3x3 sep_5x5<0 max_3x3<0,1`.
extension ENASMacroSpace {
  package func code(of genotype: Genotype) -> String {
    guard genotype.lies(in: points) else { return "?" }
    let values = genotype.decisions.compactMap { $0 }
    return (0..<layers).map { layer in
      let start = start(of: layer)
      let skips = (0..<layer).filter { values[start + 1 + $0] == 1 }
      return Operation.allCases[values[start]].rawValue
        + (skips.isEmpty ? "" : "<" + skips.map(String.init).joined(separator: ","))
    }.joined(separator: " ")
  }

  package func genotype(of code: String) throws -> Genotype {
    let words = code.split(separator: " ")
    guard words.count == layers else {
      throw SpaceError("'\(code)' has \(words.count) layers; the space has \(layers)")
    }
    return Genotype(try words.enumerated().flatMap { try decisions(of: $0.element, $0.offset) })
  }

  private func decisions(of word: Substring, _ layer: Int) throws(SpaceError) -> [Int?] {
    let halves = word.split(separator: "<", maxSplits: 1, omittingEmptySubsequences: false)
    let words = Operation.allCases.map(\.rawValue)
    guard let operation = words.firstIndex(of: String(halves[0])) else {
      throw SpaceError("'\(halves[0])' must be one of \(words.joined(separator: ", "))")
    }
    var bits = Array(repeating: 0, count: layer)
    guard halves.count == 2 else { return [operation] + bits }
    for part in halves[1].split(separator: ",", omittingEmptySubsequences: false) {
      guard let skip = Int(part), part == "\(skip)", bits.indices.contains(skip), bits[skip] == 0
      else {
        throw SpaceError("'\(word)': '\(part)' must be an earlier layer than \(layer), named once")
      }
      bits[skip] = 1
    }
    return [operation] + bits
  }
}
