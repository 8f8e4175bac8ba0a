internal import Domain
package import Engine

extension Supernet {
  /// The engine's graph of all branches and the node of the class scores; weights have scope paths for
  /// keys, and mixtures the keys of their choices.
  ///
  /// Nothing is dropped at random: drop path and dropout are identities.
  ///
  /// - Throws: `ShapeError` from the engine, also for a choice of more branches than it mixes.
  package func graph() throws -> (graph: Graph, logits: Graph.Node) {
    var graph = Graph()
    var places: [Graph.Node] = []
    for node in nodes {
      let inputs = node.inputs.map { places[$0] }
      switch node.role {
      case .layer(let layer):
        places.append(
          try graph.add(layer, inputs, shape: node.shape, scope: node.scope, drops: .none))
      case .choice(let key):
        places.append(try graph.apply(Mixture(branches: inputs.count, key: key), inputs))
      case .slice(let start, let count):
        places.append(try graph.apply(ChannelSlice(start: start, count: count), inputs))
      case .shuffle(let groups):
        places.append(try graph.apply(ChannelShuffle(groups: groups), inputs))
      }
    }
    return (graph, places[output])
  }
}
