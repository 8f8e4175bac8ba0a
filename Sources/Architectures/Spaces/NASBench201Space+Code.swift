package import Domain

/// The benchmark's notation: `|nor_conv_3x3~0|+|none~0|skip_connect~1|+|…~0|…~1|…~2|`.
extension NASBench201Space {
  package func code(of genotype: Genotype) -> String {
    var groups = ["", "", ""]
    for (index, edge) in NASBench201Space.edges.enumerated() {
      let value = genotype.decisions.indices.contains(index) ? genotype.decisions[index] : nil
      let word = value.map { words[$0] } ?? "?"
      groups[edge.1 - 1] += "|\(word)~\(edge.0)"
    }
    return groups.map { $0 + "|" }.joined(separator: "+")
  }

  package func genotype(of code: String) throws -> Genotype {
    let groups = code.split(separator: "+", omittingEmptySubsequences: false)
    guard groups.count == 3 else {
      throw SpaceError("'\(code)' has \(groups.count) parts joined by +; a cell has 3")
    }
    var decisions: [Int?] = []
    for (group, text) in groups.enumerated() {
      let parts = text.split(separator: "|", omittingEmptySubsequences: false)
      guard parts.count == group + 3, parts.first == "", parts.last == "" else {
        throw SpaceError(
          "'\(text)' must hold \(group + 1) operations, each after a |, and end in |")
      }
      for (source, part) in parts.dropFirst().dropLast().enumerated() {
        let pieces = part.split(separator: "~", omittingEmptySubsequences: false)
        guard pieces.count == 2, pieces[1] == "\(source)",
          let value = words.firstIndex(of: String(pieces[0]))
        else {
          throw SpaceError(
            "'\(part)' must be OPERATION~\(source) with one of "
              + words.joined(separator: ", "))
        }
        decisions.append(value)
      }
    }
    return Genotype(decisions)
  }

  /// The benchmark's own rule of equal cells: skips replaced by their source, zeros merged, the terms
  /// of a state sorted as text; 6,466 distinct strings over all cells.
  ///
  /// - Source: Dong & Yang, AutoDL-Projects, `Structure.to_unique_str(consider_zero=True)`.
  package static func uniqueString(of genotype: Genotype) -> String {
    var states = ["0"]
    for state in 1...3 {
      var terms: [String] = []
      for (index, edge) in edges.enumerated() where edge.1 == state {
        let word = genotype.decisions[index].map { operations[$0] } ?? operations[0]
        let source = states[edge.0]
        if word == "none" || source == "#" {
          terms.append("#")
        } else {
          terms.append(word == "skip_connect" ? source : "(\(source))@\(word)")
        }
      }
      // By bytes, as the benchmark sorts.
      terms.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      states.append(terms.joined(separator: "+"))
    }
    return states[3]
  }
}
