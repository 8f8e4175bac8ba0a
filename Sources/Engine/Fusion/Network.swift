/// A graph and the node that matters in it.
struct Network: Sendable {
  var graph: Graph
  var output: Graph.Node

  /// The network with every node rebuilt in order; `body` gets the graph under construction, a node
  /// with its inputs in that graph, and says which new node stands for it.
  func rebuilt(
    _ body: (inout Graph, (any Operation), Graph.Entry, Graph.Node) -> Graph.Node
  ) -> Network {
    var graph = Graph()
    var places: [Graph.Node] = []
    places.reserveCapacity(self.graph.count)
    for (index, entry) in self.graph.entries.enumerated() {
      let inputs = entry.inputs.map { places[$0.index] }
      let moved = Graph.Entry(operation: entry.operation, inputs: inputs, shape: entry.shape)
      if let operation = entry.operation {
        places.append(body(&graph, operation, moved, Graph.Node(index: index)))
      } else {
        places.append(graph.append(moved))
      }
    }
    return Network(graph: graph, output: places[output.index])
  }
}
