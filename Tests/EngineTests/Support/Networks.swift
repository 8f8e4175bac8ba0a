import Engine

/// Networks that several tests plan, the same as in `bench_torch.py` and `make_golden.py`.
enum Networks {
  static func mlp(_ graph: inout Graph, _ input: Graph.Node) throws -> Graph.Node {
    let hidden = try graph.apply(Linear(units: 128, key: "0"), [input])
    let active = try graph.apply(ReLU(), [hidden])
    return try graph.apply(Linear(units: 10, key: "2"), [active])
  }

  static func tinyCNN(_ graph: inout Graph, _ input: Graph.Node) throws -> Graph.Node {
    var node = input
    for (index, filters) in [16, 32, 48].enumerated() {
      if index == 2 { node = try graph.apply(MaxPool(kernel: 2, stride: 2), [node]) }
      let place = index == 2 ? 7 : 3 * index
      node = try graph.apply(
        Conv2D(filters: filters, kernel: (3, 3), padding: (1, 1), key: "\(place)"), [node])
      node = try graph.apply(BatchNorm(key: "\(place + 1)"), [node])
      node = try graph.apply(ReLU(), [node])
    }
    node = try graph.apply(GlobalAveragePool(), [node])
    return try graph.apply(Linear(units: 10, key: "12"), [node])
  }
}
