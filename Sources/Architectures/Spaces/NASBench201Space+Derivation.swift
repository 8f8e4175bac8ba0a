package import Domain

extension NASBench201Space: RelaxedSpace {
  /// The strongest operation of every edge, none among them.
  ///
  /// - Source: Dong & Yang, AutoDL-Projects, `genotype()` of the searched cells.
  package func genotype(deriving strengths: [String: [Double]]) -> Genotype {
    let strengths = Strengths(strengths)
    return Genotype(
      NASBench201Space.edges.indices.map {
        strengths.strongest(of: choices.places.indices, NASBench201Space.key(ofEdge: $0))
      })
  }

  package var branchNames: [String: [String]] {
    let operations = choices.places.map { NASBench201Space.operations[$0] }
    var named: [String: [String]] = [:]
    for (index, edge) in NASBench201Space.edges.enumerated() {
      named[NASBench201Space.key(ofEdge: index)] = operations
      named[NASBench201Space.key(ofNode: edge.1), default: []].append("state \(edge.0)")
    }
    return named
  }

  /// What weighs the edges of a node against each other.
  static func key(ofNode node: Int) -> String { "cell.nodes.\(node)" }
}
