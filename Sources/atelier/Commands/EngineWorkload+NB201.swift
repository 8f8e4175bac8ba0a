internal import Engine

extension EngineWorkload {
  /// The NAS-Bench-201 network with one cell a stage.
  ///
  /// - Source: Dong & Yang 2020, arXiv:2001.00326, §2.1.
  static func nb201(
    _ name: String, _ shape: Shape, channels: Int, cell: [String]
  ) -> EngineWorkload {
    EngineWorkload(name: name, batch: 64) { graph throws(ShapeError) in
      var node = graph.input(shape)
      node = try convolution(&graph, node, channels, kernel: 3, key: "body.0")
      node = try graph.apply(BatchNorm(key: "body.1"), [node])
      var place = 2
      for stage in 0..<3 {
        if stage > 0 {
          node = try reduction(&graph, node, channels << stage, key: "body.\(place)")
          place += 1
        }
        node = try NB201Cell(operations: cell, key: "body.\(place)").apply(&graph, node)
        place += 1
      }
      node = try graph.apply(BatchNorm(key: "body.\(place)"), [node])
      node = try graph.apply(GlobalAveragePool(), [graph.apply(ReLU(), [node])])
      return try graph.apply(Linear(units: 10, key: "head"), [node])
    }
  }

  /// One cell: four nodes, six edges.
  private struct NB201Cell {
    let operations: [String]
    let key: String

    func apply(_ graph: inout Graph, _ input: Graph.Node) throws(ShapeError) -> Graph.Node {
      var nodes = [input]
      var edge = 0
      for _ in 1..<4 {
        var terms: [Graph.Node] = []
        for from in nodes {
          terms.append(try apply(operations[edge], &graph, from, "\(key).ops.\(edge)"))
          edge += 1
        }
        nodes.append(try graph.apply(Add(), terms))
      }
      return nodes[3]
    }

    private func apply(
      _ operation: String, _ graph: inout Graph, _ from: Graph.Node, _ key: String
    ) throws(ShapeError) -> Graph.Node {
      let channels = graph.shape(of: from).channels
      switch operation {
      case "nor_conv_3x3": return try activated(&graph, from, channels, kernel: 3, key: key)
      case "nor_conv_1x1": return try activated(&graph, from, channels, kernel: 1, key: key)
      case "avg_pool_3x3":
        return try graph.apply(AveragePool(kernel: 3, stride: 1, padding: 1), [from])
      case "skip_connect": return try graph.apply(Identity(), [from])
      default: return try graph.apply(Zero(), [from])
      }
    }
  }

  private static func reduction(
    _ graph: inout Graph, _ node: Graph.Node, _ channels: Int, key: String
  ) throws(ShapeError) -> Graph.Node {
    let first = try activated(&graph, node, channels, kernel: 3, stride: 2, key: key + ".a")
    let second = try activated(&graph, first, channels, kernel: 3, key: key + ".b")
    let pooled = try graph.apply(AveragePool(kernel: 2, stride: 2), [node])
    let short = try convolution(&graph, pooled, channels, kernel: 1, key: key + ".down.1")
    return try graph.apply(Add(), [short, second])
  }

  /// ReLU, convolution, batch norm.
  private static func activated(
    _ graph: inout Graph, _ node: Graph.Node, _ channels: Int, kernel: Int, stride: Int = 1,
    key: String
  ) throws(ShapeError) -> Graph.Node {
    let active = try graph.apply(ReLU(), [node])
    let result = try convolution(
      &graph, active, channels, kernel: kernel, stride: stride, key: key + ".1")
    return try graph.apply(BatchNorm(key: key + ".2"), [result])
  }

  static func convolution(
    _ graph: inout Graph, _ node: Graph.Node, _ channels: Int, kernel: Int, stride: Int = 1,
    key: String
  ) throws(ShapeError) -> Graph.Node {
    let padding = kernel / 2
    return try graph.apply(
      Conv2D(
        filters: channels, kernel: (kernel, kernel), stride: (stride, stride),
        padding: (padding, padding), key: key), [node])
  }
}
