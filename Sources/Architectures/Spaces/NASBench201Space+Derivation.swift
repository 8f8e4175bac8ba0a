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
}
