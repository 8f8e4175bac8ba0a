package import Domain

/// A space whose networks grow out of each other: it tells which layer of a parent each layer of a
/// child continues.
package protocol MorphableSpace: SearchSpace {
  /// How a child descends from a parent; nil where it does not grow out of it.
  func descent(of child: Genotype, from parent: Genotype) -> Descent?
}

/// Where the layers of a grown network come from, by scope.
///
/// What it does not mention keeps its place.
package struct Descent: Hashable, Sendable {
  /// By the child's scope: the parent's scope that it continues; nil: it was inserted.
  package let origins: [String: String?]

  package init(_ origins: [String: String?]) {
    self.origins = origins
  }

  /// The scope in the parent of a node of the child; nil where it was inserted.
  func origin(of scope: String) -> String? {
    var prefix = scope[...]
    while true {
      if let origin = origins[String(prefix)] {
        return origin.map { $0 + scope[prefix.endIndex...] }
      }
      guard let dot = prefix.lastIndex(of: ".") else { return scope }
      prefix = prefix[..<dot]
    }
  }
}

extension EASChainSpace: MorphableSpace {
  /// Matches layers in order, as early as they fit: equal kernels, no fewer filters; the others must be
  /// insertions no narrower than what they read, and nothing is inserted before a first layer, which
  /// reads the image or the flattened map.
  package func descent(of child: Genotype, from parent: Genotype) -> Descent? {
    guard let old = try? plan(of: parent), let new = try? plan(of: child) else { return nil }
    var origins: [String: String?] = [:]
    var before: Int?
    for stage in 0..<stages {
      let matches = EASChainSpace.matches(new.stages[stage], old.stages[stage], before: before)
      guard let matches else { return nil }
      for (layer, match) in matches.enumerated() {
        let name = "stages.\(stage).layers."
        origins.updateValue(match.map { "\(name)\($0)" }, forKey: "\(name)\(layer)")
      }
      before = old.stages[stage].last?.width
    }
    // A fully connected layer is one of kernel 0.
    func layers(_ units: [Int]) -> [EASChainPlan.Convolution] {
      units.map { .init(width: $0, kernel: 0) }
    }
    guard let matches = EASChainSpace.matches(layers(new.dense), layers(old.dense), before: nil)
    else { return nil }
    for (layer, match) in matches.enumerated() {
      origins.updateValue(match.map { "dense.layers.\($0)" }, forKey: "dense.layers.\(layer)")
    }
    return Descent(origins)
  }

  /// For each new layer the old one it continues, nil where it was inserted; nil: there is no way.
  ///
  /// - Parameter before: the old width that a layer inserted at the start would read; nil: none may be.
  private static func matches(
    _ new: [EASChainPlan.Convolution], _ old: [EASChainPlan.Convolution], before: Int?
  ) -> [Int?]? {
    func rest(_ place: Int, _ matched: Int) -> [Int?]? {
      guard place < new.count else { return matched == old.count ? [] : nil }
      let layer = new[place]
      if matched < old.count, layer.kernel == old[matched].kernel,
        layer.width >= old[matched].width, let tail = rest(place + 1, matched + 1)
      {
        return [matched] + tail
      }
      let read = matched > 0 ? old[matched - 1].width : before
      guard new.count - place > old.count - matched, let read, layer.width >= read,
        let tail = rest(place + 1, matched)
      else { return nil }
      return [nil] + tail
    }
    return rest(0, 0)
  }
}
