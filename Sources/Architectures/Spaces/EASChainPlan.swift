package import Domain

/// A genotype of `EASChainSpace` as sizes: what growing steps work on.
package struct EASChainPlan: Hashable, Sendable {
  /// One convolution.
  package struct Convolution: Hashable, Sendable {
    package var width: Int
    package var kernel: Int

    package init(width: Int, kernel: Int) {
      self.width = width
      self.kernel = kernel
    }
  }

  /// The convolutions of every stage.
  package var stages: [[Convolution]]
  /// Units of the hidden fully connected layers.
  package var dense: [Int]

  package init(stages: [[Convolution]], dense: [Int]) {
    self.stages = stages
    self.dense = dense
  }
}

extension EASChainSpace {
  /// The sizes that a genotype of the space chose.
  ///
  /// - Throws: `SpaceError` when a size is missing.
  package func plan(of genotype: Genotype) throws -> EASChainPlan {
    try plan { genotype.decisions.indices.contains($0) ? genotype.decisions[$0] : nil }
  }

  func plan(_ pick: (Int) throws -> Int?) throws -> EASChainPlan {
    var point = 0
    func next<Value>(_ values: [Value]) throws -> Value {
      defer { point += 1 }
      guard let index = try pick(point), values.indices.contains(index) else {
        throw SpaceError("decision \(point) is not chosen; it must be one of \(values)")
      }
      return values[index]
    }
    let stages = try (0..<stages).map { _ in
      let start = point
      let layers = try (0..<next(Array(1...maxDepth))).map { _ in
        try EASChainPlan.Convolution(width: next(widths), kernel: next(kernels))
      }
      point = start + 1 + 2 * maxDepth
      return layers
    }
    let dense = try (0..<next(Array(1...denseDepth))).map { _ in try next(units) }
    return EASChainPlan(stages: stages, dense: dense)
  }

  /// The genotype of these sizes.
  ///
  /// - Throws: `SpaceError` that names the size that is on no ladder.
  package func genotype(of plan: EASChainPlan) throws -> Genotype {
    func index(_ value: Int, _ ladder: [Int], _ what: String) throws -> Int {
      guard let index = ladder.firstIndex(of: value) else {
        throw SpaceError("\(what) \(value) must be one of \(ladder)")
      }
      return index
    }
    func depth(_ count: Int, _ most: Int) throws -> Int {
      guard (1...most).contains(count) else {
        throw SpaceError("\(count) layers follow each other; 1 to \(most) may")
      }
      return count - 1
    }
    guard plan.stages.count == stages else {
      throw SpaceError("\(plan.stages.count) stages; the space has \(stages)")
    }
    var decisions: [Int?] = []
    for layers in plan.stages {
      decisions.append(try depth(layers.count, maxDepth))
      for layer in layers {
        decisions.append(try index(layer.width, widths, "width"))
        decisions.append(try index(layer.kernel, kernels, "kernel"))
      }
      decisions += Array(repeating: nil, count: 2 * (maxDepth - layers.count))
    }
    decisions.append(try depth(plan.dense.count, denseDepth))
    for units in plan.dense { decisions.append(try index(units, self.units, "units")) }
    decisions += Array(repeating: nil, count: denseDepth - plan.dense.count)
    return Genotype(decisions)
  }

  /// The published tokens: `conv-8-3 pool conv-8-3 fc-16`.
  package func code(of genotype: Genotype) -> String {
    guard genotype.lies(in: points), let plan = try? plan(of: genotype) else { return "?" }
    let stages = plan.stages.map { layers in
      layers.map { "conv-\($0.width)-\($0.kernel)" }.joined(separator: " ")
    }
    return stages.joined(separator: " pool ") + " "
      + plan.dense.map { "fc-\($0)" }.joined(separator: " ")
  }

  package func genotype(of code: String) throws -> Genotype {
    var plan = EASChainPlan(stages: [[]], dense: [])
    for word in code.split(separator: " ", omittingEmptySubsequences: false) {
      let parts = word.split(separator: "-", omittingEmptySubsequences: false)
      let numbers = parts.dropFirst().compactMap { Int($0) }
      let isPlain = zip(parts.dropFirst(), numbers).allSatisfy { $0 == "\($1)" }
      switch (parts[0], numbers.count, isPlain && numbers.count == parts.count - 1) {
      case ("pool", 0, true) where plan.dense.isEmpty: plan.stages.append([])
      case ("conv", 2, true) where plan.dense.isEmpty:
        plan.stages[plan.stages.count - 1].append(.init(width: numbers[0], kernel: numbers[1]))
      case ("fc", 1, true): plan.dense.append(numbers[0])
      default: throw SpaceError("'\(word)' of '\(code)' is no conv-WIDTH-KERNEL, pool or fc-UNITS")
      }
    }
    return try genotype(of: plan)
  }
}
