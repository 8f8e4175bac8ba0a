package import Domain
package import Engine

extension Architecture {
  /// The engine's graph of the live nodes and the node of the class scores; keys are scope paths.
  ///
  /// - Parameter keepsDead: also lowers what is on no path from input to output, as the published
  ///   implementations train it.
  /// - Parameter dropsPaths: lowers drop path layers, for a final training; else they are identities.
  /// - Throws: `SpaceError` when no path leads from the input to the output; `ShapeError` from the
  ///   engine.
  package func graph(
    keepsDead: Bool = false, dropsPaths: Bool = false
  ) throws -> (graph: Graph, logits: Graph.Node) {
    let (graph, places) = try places(
      keepsDead: keepsDead, normalises: true, drops: dropsPaths ? .all : .units)
    guard let logits = places[output] else {
      throw SpaceError("output \(output) is not among the \(nodes.count) nodes")
    }
    return (graph, logits)
  }

  /// The engine's graph of the live nodes, without dropout and drop path, and the place of each node in
  /// it by its id: for what looks inside a network.
  ///
  /// - Parameter normalises: else batch normalisations are identities.
  /// - Throws: as `graph`.
  package func places(
    normalises: Bool
  ) throws -> (graph: Graph, places: [Graph.Node?]) {
    try places(keepsDead: false, normalises: normalises, drops: .none)
  }

  private func places(
    keepsDead: Bool, normalises: Bool, drops: Graph.Drops
  ) throws -> (graph: Graph, places: [Graph.Node?]) {
    let liveness = Liveness(nodes, output: output)
    guard keepsDead || liveness.isLive[output] else {
      throw SpaceError(
        "no path leads from the input to the class scores, so nothing can be learned")
    }
    var graph = Graph()
    var places = [Graph.Node?](repeating: nil, count: nodes.count)
    for node in nodes where keepsDead || liveness.isLive[node.id] {
      let inputs = keepsDead ? node.inputs : liveness.inputs(of: node)
      let sources = inputs.compactMap { places[$0] }
      if !normalises, case .batchNorm = node.layer {
        places[node.id] = sources.first
        continue
      }
      places[node.id] = try graph.add(
        node.layer, sources, shape: node.shape, scope: node.scope, drops: drops)
    }
    return (graph, places)
  }
}
