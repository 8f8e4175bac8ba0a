package import Domain

/// One word a layer: `3x1:8`, with strides `3x1/2x2:8`, reading layers 0 and 2 `3x1:8<0,2`.
extension NASChainSpace {
  package func code(of genotype: Genotype) -> String {
    guard genotype.lies(in: points) else { return "?" }
    return (0..<depth(genotype.decisions.first ?? nil)).map { layer in
      let start = start(of: layer)
      let sizes = sizes(of: layer)
      let values = sizes.enumerated().map { index, size in
        "\(size.1[genotype.decisions[start + index] ?? 0])"
      }
      let stride = values.count == 5 ? "/\(values[2])x\(values[3])" : ""
      let reads = (0..<layer).filter { genotype.decisions[start + sizes.count + $0] == 1 }
      let list = reads.map(String.init).joined(separator: ",")
      return "\(values[0])x\(values[1])\(stride):\(values[values.count - 1])"
        + (reads.isEmpty ? "" : "<\(list)")
    }
    .joined(separator: " ")
  }

  package func genotype(of code: String) throws -> Genotype {
    let words = code.split(separator: " ", omittingEmptySubsequences: false)
    guard (minLayers...layers).contains(words.count) else {
      let range = isDepthSearched ? "\(minLayers) to \(layers)" : "\(layers)"
      throw SpaceError("'\(code)' has \(words.count) layers; the space has \(range)")
    }
    let chosen = try words.enumerated().flatMap { try decisions(of: $0.element, in: $0.offset) }
    let depth: [Int?] = isDepthSearched ? [words.count - minLayers] : []
    let all = depth + chosen
    return Genotype(all + Array(repeating: nil, count: start(of: layers) - all.count))
  }

  private func decisions(of word: Substring, in layer: Int) throws -> [Int?] {
    let sides = word.split(separator: "<", maxSplits: 1, omittingEmptySubsequences: false)
    let numbers = sides[0].split(omittingEmptySubsequences: false) { ":/x".contains($0) }
    let sizes = sizes(of: layer)
    let form = sizes.count == 5 ? "HxW/HxW:FILTERS" : "HxW:FILTERS"
    let marks = sides[0].filter { ":/x".contains($0) }
    guard marks == form.filter({ ":/x".contains($0) }), numbers.count == sizes.count else {
      throw SpaceError("'\(word)' must have the form \(form)<LAYER,LAYER")
    }
    var result: [Int?] = []
    for ((name, values), number) in zip(sizes, numbers) {
      guard let index = values.firstIndex(where: { "\($0)" == number }) else {
        throw SpaceError("'\(word)': \(name) '\(number)' must be one of \(values)")
      }
      result.append(index)
    }
    var reads = [Int?](repeating: 0, count: layer)
    if sides.count == 2 {
      for text in sides[1].split(separator: ",", omittingEmptySubsequences: false) {
        guard let source = Int(text), reads.indices.contains(source), "\(source)" == text else {
          throw SpaceError("'\(word)': layer '\(text)' must be a number below \(layer)")
        }
        reads[source] = 1
      }
    }
    return result + reads
  }
}
