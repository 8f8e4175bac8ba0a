/// A graph and the node that matters in it.
struct Network: Sendable {
  var graph: Graph
  var output: Graph.Node

  init(graph: Graph, output: Graph.Node) {
    self.graph = graph
    self.output = output
  }

  /// A graph whose parameters have their places in a table.
  init(_ graph: Graph, output: Graph.Node, _ table: ParameterTable) {
    self.init(graph: graph, output: output)
    self.graph.setParameters(table.ofNodes)
  }

  /// The network with every node rebuilt in order; `body` gets the graph under construction, a node
  /// with its inputs in that graph, and says which new node stands for it.
  func rebuilt(
    _ body: (inout Graph, (any Operation), Graph.Entry, Graph.Node) -> Graph.Node
  ) -> Network {
    var graph = Graph()
    graph.reserve(self.graph.count)
    var places: [Graph.Node] = []
    var isUnmoved = true
    places.reserveCapacity(self.graph.count)
    for index in self.graph.entries.indices {
      isUnmoved = isUnmoved && (index == 0 || places[index - 1].index == index - 1)
      var moved = self.graph.entries[index]
      if !isUnmoved { moved.inputs = moved.inputs.map { places[$0.index] } }
      if let operation = moved.operation {
        places.append(body(&graph, operation, moved, Graph.Node(index: index)))
      } else {
        places.append(graph.append(moved))
      }
    }
    return Network(graph: graph, output: places[output.index])
  }
}
