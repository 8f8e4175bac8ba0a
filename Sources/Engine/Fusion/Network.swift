/// A graph and the node that matters in it, while rules rewrite it.
///
/// Rules change nodes where they stand; what nothing reads any more stays until it is swept out.
struct Network: Sendable {
  private(set) var graph: Graph
  private(set) var output: Graph.Node

  /// A graph whose parameters have their places in a table.
  init(_ graph: Graph, output: Graph.Node, _ table: ParameterTable) {
    self.graph = graph
    self.output = output
    self.graph.setParameters(table.ofNodes)
  }

  /// Goes through all operations in order.
  ///
  /// - Parameter body: may change the node it is given, and says which earlier one the readers of that
  ///   node read in its stead; nil: the node itself.
  mutating func rewrite(_ body: (inout Graph, Graph.Node) -> Graph.Node?) {
    var places: [Graph.Node] = []
    places.reserveCapacity(graph.count)
    for index in graph.entries.indices {
      let node = Graph.Node(index: index)
      graph.entries[index].read(places)
      places.append((graph.entries[index].isInput ? nil : body(&graph, node)) ?? node)
    }
    output = places[output.index]
  }

  /// How many read each node, the output counted as one, and nodes that the output does not depend on
  /// as none.
  var readers: [Int] {
    var readers = Array(repeating: 0, count: graph.count)
    readers[output.index] = 1
    for index in graph.entries.indices.reversed() where readers[index] > 0 {
      for input in graph.entries[index].inputs { readers[input.index] += 1 }
    }
    return readers
  }

  /// Leaves out what the output does not depend on; the output becomes the last node.
  mutating func sweep() {
    let readers = readers
    var places: [Graph.Node] = []
    places.reserveCapacity(graph.count)
    var end = 0
    for index in graph.entries.indices {
      places.append(Graph.Node(index: end))
      guard readers[index] > 0 else { continue }
      graph.entries[index].read(places)
      if end < index { graph.entries.swapAt(end, index) }
      end += 1
    }
    graph.entries.removeSubrange(end...)
    output = places[output.index]
  }
}

extension Graph.Entry {
  /// Reads what stands for its inputs.
  fileprivate mutating func read(_ places: [Graph.Node]) {
    for position in inputs.indices where places[inputs[position].index] != inputs[position] {
      inputs[position] = places[inputs[position].index]
    }
  }
}
