package import Domain

/// A space of two points, one of them conditional, that decodes without any engine.
package struct ToySpace: SearchSpace {
  package let points = [
    DecisionPoint("operation", values: ["conv", "skip", "broken"]),
    DecisionPoint(
      "filters", values: ["4", "8"], isOrdered: true, condition: .init(index: 0, values: [0])),
  ]
  package let cardinality = "4"

  package init() {}

  package func describe<Builder: NetworkBuilder>(
    into builder: inout Builder
  ) throws -> Builder.Value {
    builder.input
  }

  package func code(of genotype: Genotype) -> String {
    genotype.decisions.map { $0.map(String.init) ?? "-" }.joined(separator: "|")
  }

  package func genotype(of code: String) throws -> Genotype {
    Genotype(code.split(separator: "|").map { Int($0) })
  }
}

/// A strategy that proposes nothing; it asks that `sample` is at most `population`.
package struct ToyStrategy: SearchStrategy {
  package mutating func propose() throws -> Candidate? { nil }
  package mutating func observe(_ trial: Trial) throws {}
}

/// Writes a line of text; with weights, their bytes.
package struct ToyExporter: Exporter {
  package let id: String
  package let mediaType: String
  package let fileExtension: String
  package let needsWeights: Bool
  package var summary: String { id }
  package var paper: String { "" }
  package var parameters: [Parameter] { [] }

  package func export(_ architecture: Architecture, weights: [UInt8]?) throws -> [UInt8] {
    if let weights { return weights }
    if id == "json" { return Array(try Toy.encoded(architecture).utf8) }
    return Array("digraph {}".utf8)
  }
}
