import Architectures
import Domain

/// A chain of eight edges, each a convolution or a skip, behind a convolution that suffices.
///
/// Convolutions that hardly learn only scramble what the stem found, so that a search by gradients goes
/// for skips, whatever networks of convolutions reach once they are trained.
struct RiggedSpace: RelaxedSpace {
  static let words = ["skip_connect", "nor_conv_3x3"]
  static let edges = 8

  var points: [DecisionPoint] {
    (0..<RiggedSpace.edges).map { DecisionPoint("edge \($0)", values: RiggedSpace.words) }
  }
  var cardinality: String { "256" }

  func describe<Builder: NetworkBuilder>(into builder: inout Builder) throws -> Builder.Value {
    var value = try builder.apply(.conv(8, kernel: 3), [builder.input], named: "stem")
    value = try builder.apply(.batchNorm(affine: true), [value], named: "norm")
    for edge in 0..<RiggedSpace.edges {
      let source = value
      value = try builder.choose(
        edge,
        among: [
          { try $0.apply(.identity, [source], named: "skip.\(edge)") },
          { builder in
            let relu = try builder.apply(.relu, [source], named: "relu.\(edge)")
            let conv = try builder.apply(.conv(8, kernel: 3), [relu], named: "conv.\(edge)")
            return try builder.apply(.batchNorm(affine: true), [conv], named: "norm.\(edge)")
          },
        ])
    }
    let picks = points.indices.compactMap { (try? builder.pick($0)) ?? nil }
    if picks.count == points.count {
      builder.note(
        Architecture.Cell(
          name: "chain", states: (0...RiggedSpace.edges).map(String.init),
          edges: picks.enumerated().map {
            .init(
              from: $0.offset, to: $0.offset + 1, operation: RiggedSpace.words[$0.element],
              isLive: true)
          }, repeats: []))
    }
    let relu = try builder.apply(.relu, [value], named: "last")
    let pool = try builder.apply(.globalAveragePool, [relu], named: "pool")
    return try builder.apply(.linear(units: builder.classes, bias: true), [pool], named: "head")
  }

  func code(of genotype: Genotype) -> String {
    genotype.decisions.map { $0.map(String.init) ?? "-" }.joined()
  }

  func genotype(of code: String) throws -> Genotype {
    Genotype(code.map { Int(String($0)) })
  }

  func genotype(deriving strengths: [String: [Double]]) -> Genotype {
    Genotype(
      points.indices.map { point in
        let shares = strengths["points.\(point)"] ?? []
        return shares.indices.reduce(0) { shares[$1] > shares[$0] ? $1 : $0 }
      })
  }
}
