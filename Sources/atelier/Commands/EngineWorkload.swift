internal import Engine

/// A network and batch that the engine is timed on.
struct EngineWorkload {
  let name: String
  let batch: Int
  let build: (inout Graph) throws(ShapeError) -> Graph.Node

  static let convCell = [
    "nor_conv_3x3", "nor_conv_3x3", "nor_conv_3x3", "skip_connect", "nor_conv_3x3", "nor_conv_3x3",
  ]
  static let mixedCell = [
    "nor_conv_3x3", "nor_conv_1x1", "avg_pool_3x3", "skip_connect", "nor_conv_3x3", "nor_conv_1x1",
  ]

  static var all: [EngineWorkload] {
    let image = Shape(height: 32, width: 32, channels: 3)
    let digit = Shape(height: 8, width: 8, channels: 1)
    return [
      nb201("nb201_digits", digit, channels: 8, cell: mixedCell),
      nb201("nb201_conv", image, channels: 16, cell: convCell),
      nb201("nb201_mix", image, channels: 16, cell: mixedCell),
      smallSupernet,
      EngineWorkload(name: "tiny_cnn", batch: 64, build: tinyCNN),
      EngineWorkload(name: "mlp", batch: 64, build: mlp),
    ]
  }

  /// What `--plans` plans; the larger ones are not trained.
  static var planned: [EngineWorkload] {
    let image = Shape(height: 32, width: 32, channels: 3)
    return all.filter { $0.name != "nb201_digits" } + [
      dartsSupernet("darts_supernet_8", image, batch: 64, channels: 16, layers: 8),
      dartsNetwork("darts_network_20", layers: 20),
    ]
  }

  private static var smallSupernet: EngineWorkload {
    let digit = Shape(height: 28, width: 28, channels: 1)
    return dartsSupernet("darts_supernet", digit, batch: 32, channels: 8, layers: 4)
  }

  private static func mlp(_ graph: inout Graph) throws(ShapeError) -> Graph.Node {
    let input = graph.input(Shape(channels: 64))
    let hidden = try graph.apply(Linear(units: 128, key: "0"), [input])
    let active = try graph.apply(ReLU(), [hidden])
    return try graph.apply(Linear(units: 10, key: "2"), [active])
  }

  private static func tinyCNN(_ graph: inout Graph) throws(ShapeError) -> Graph.Node {
    var node = graph.input(Shape(height: 8, width: 8, channels: 1))
    for (place, filters) in [(0, 16), (3, 32), (7, 48)] {
      if place == 7 { node = try graph.apply(MaxPool(kernel: 2, stride: 2), [node]) }
      node = try graph.apply(
        Conv2D(filters: filters, kernel: (3, 3), padding: (1, 1), key: "\(place)"), [node])
      node = try graph.apply(BatchNorm(key: "\(place + 1)"), [node])
      node = try graph.apply(ReLU(), [node])
    }
    node = try graph.apply(GlobalAveragePool(), [node])
    return try graph.apply(Linear(units: 10, key: "12"), [node])
  }
}
