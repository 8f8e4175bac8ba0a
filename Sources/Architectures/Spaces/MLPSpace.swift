package import Domain

/// Fully connected networks for rows of features: depth, units of each hidden layer, batch
/// normalisation and dropout; layers beyond the depth are inactive.
package struct MLPSpace: SearchSpace {
  package let maxLayers: Int
  package let units: [Int]
  private static let rates: [Rate] = [0, 0.1, 0.2, 0.5].map(Rate.init)

  /// A dropout rate that prints as people write it.
  private struct Rate: CustomStringConvertible {
    let value: Double

    var description: String { value == 0 ? "0" : "\(value)" }
  }

  package init(maxLayers: Int = 4, maxUnits: Int = 256) {
    self.maxLayers = maxLayers
    units = [16, 32, 64, 128, 256, 512, 1024].filter { $0 <= maxUnits }
  }

  package static let entry = SpaceEntry(
    id: "mlp", version: 1,
    summary: "Fully connected networks of searched depth, widths, normalisation and dropout.",
    paper: "", inputs: [.tabular, .image],
    parameters: [
      Parameter("max_layers", .integer(min: 1, max: 8), default: 4, "Most hidden layers."),
      Parameter(
        "max_units", .choice(["64", "128", "256", "512", "1024"]), default: "256",
        "Most units of a hidden layer; the choices are powers of two from 16."),
    ],
    make: {
      MLPSpace(maxLayers: $0.integer("max_layers"), maxUnits: Int($0.word("max_units")) ?? 256)
    })

  package var points: [DecisionPoint] {
    let shared = [
      DecisionPoint("layers", values: (1...maxLayers).map(String.init), isOrdered: true),
      DecisionPoint("batch_norm", values: ["no", "yes"]),
      DecisionPoint("dropout", values: MLPSpace.rates.map(\.description), isOrdered: true),
    ]
    return shared
      + (0..<maxLayers).map { layer in
        DecisionPoint(
          "layers.\(layer).units", values: units.map(String.init), isOrdered: true,
          condition: layer == 0 ? nil : .init(index: 0, values: Array(layer..<maxLayers)))
      }
  }

  package var cardinality: String {
    var total = 0
    var widths = 1
    for _ in 0..<maxLayers {
      widths *= units.count
      total += widths
    }
    return "\(total * 2 * MLPSpace.rates.count)"
  }

  package func describe<Builder: NetworkBuilder>(
    into builder: inout Builder
  ) throws -> Builder.Value {
    let depth = try picked(0, "layers", of: maxLayers, builder) + 1
    let hasNorm = try picked(1, "batch_norm", of: 2, builder) == 1
    let rate = MLPSpace.rates[try picked(2, "dropout", of: MLPSpace.rates.count, builder)].value
    var value = builder.input
    for layer in 0..<depth {
      let width = units[try picked(3 + layer, "layers.\(layer).units", of: units.count, builder)]
      value = try builder.scoped("layers.\(layer)") { builder in
        // A normalisation brings its own shift.
        var value = try builder.apply(
          .linear(units: width, bias: !hasNorm), [value], named: "linear")
        if hasNorm { value = try builder.apply(.batchNorm(affine: true), [value], named: "norm") }
        value = try builder.apply(.relu, [value], named: "relu")
        guard rate > 0 else { return value }
        return try builder.apply(.dropout(rate: rate), [value], named: "dropout")
      }
    }
    return try builder.scoped("head") {
      try $0.apply(.linear(units: $0.classes, bias: true), [value], named: "linear")
    }
  }

  private func picked(
    _ point: Int, _ name: String, of count: Int, _ builder: some NetworkBuilder
  ) throws -> Int {
    guard let value = try builder.pick(point), (0..<count).contains(value) else {
      throw SpaceError("\(name) is not chosen; it must be one of \(count) values")
    }
    return value
  }

  /// Units of the hidden layers, then what is switched on: `64-32 norm drop 0.2`.
  package func code(of genotype: Genotype) -> String {
    guard genotype.lies(in: points) else { return "?" }
    let widths = genotype.decisions.dropFirst(3).compactMap { $0.map { "\(units[$0])" } }
    let rate = MLPSpace.rates[genotype.decisions[2] ?? 0]
    return widths.joined(separator: "-") + (genotype.decisions[1] == 1 ? " norm" : "")
      + (rate.value > 0 ? " drop \(rate)" : "")
  }

  package func genotype(of code: String) throws -> Genotype {
    var words = code.split(separator: " ", omittingEmptySubsequences: false)[...]
    let widths = try (words.popFirst() ?? "").split(
      separator: "-", omittingEmptySubsequences: false
    ).map { text -> Int? in
      guard let index = units.firstIndex(where: { "\($0)" == text }) else {
        throw SpaceError("units '\(text)' of '\(code)' must be one of \(units)")
      }
      return index
    }
    guard widths.count <= maxLayers else {
      throw SpaceError("'\(code)' has \(widths.count) hidden layers; at most \(maxLayers) fit")
    }
    let hasNorm = words.first == "norm"
    if hasNorm { words = words.dropFirst() }
    var rate = 0
    if words.first == "drop", let text = words.dropFirst().first {
      guard let index = MLPSpace.rates.firstIndex(where: { "\($0)" == text }), index > 0 else {
        throw SpaceError(
          "dropout '\(text)' of '\(code)' must be one of \(MLPSpace.rates.dropFirst())")
      }
      rate = index
      words = words.dropFirst(2)
    }
    guard words.isEmpty else {
      throw SpaceError("'\(words.joined(separator: " "))' of '\(code)' is not understood")
    }
    let inactive = [Int?](repeating: nil, count: maxLayers - widths.count)
    return Genotype([widths.count - 1, hasNorm ? 1 : 0, rate] + widths + inactive)
  }
}
