import Engine
import Testing

/// Every operation and the composites that fusion rewrites.
private let subjects: [CheckOperation] = [
  CheckOperation("linear", (2, 3, 2)) { graph, x in
    try graph.apply(Linear(units: 5, key: "a"), [x])
  },
  CheckOperation("linear without bias, relu, linear", (1, 1, 6)) { graph, x in
    let a = try graph.apply(Linear(units: 7, bias: false, key: "a"), [x])
    return try graph.apply(Linear(units: 4, key: "b"), [graph.apply(ReLU(), [a])])
  },
  CheckOperation("conv2d 3×3", (5, 4, 2)) { graph, x in
    try graph.apply(Conv2D(filters: 3, kernel: (3, 3), padding: (1, 1), key: "a"), [x])
  },
  CheckOperation("conv2d 3×5, stride 2×1, bias", (7, 6, 2)) { graph, x in
    try graph.apply(
      Conv2D(
        filters: 3, kernel: (3, 5), stride: (2, 1), padding: (1, 2), bias: true, key: "a"), [x])
  },
  CheckOperation("conv2d dilated, grouped", (7, 7, 4)) { graph, x in
    try graph.apply(
      Conv2D(
        filters: 6, kernel: (3, 3), dilation: 2, groups: 2, padding: (2, 2), key: "a"), [x])
  },
  CheckOperation("conv2d with an offset, odd and even, with and without a halo", (7, 14, 2)) {
    graph, x in
    let even = try graph.apply(Conv2D(filters: 2, kernel: (1, 1), stride: (2, 2), key: "a"), [x])
    let odd = try graph.apply(
      Conv2D(filters: 2, kernel: (1, 1), stride: (2, 2), offset: (1, 1), key: "b"), [x])
    let wide = try graph.apply(
      Conv2D(
        filters: 2, kernel: (3, 3), stride: (2, 2), padding: (1, 1), offset: (1, 1), key: "c"),
      [x])
    return try graph.apply(Concat(), [even, odd, wide])
  },
  CheckOperation("conv2d with a halo", (4, 14, 2), batch: 2) { graph, x in
    let a = try graph.apply(Conv2D(filters: 3, kernel: (3, 3), padding: (1, 1), key: "a"), [x])
    let b = try graph.apply(Conv2D(filters: 2, kernel: (3, 3), padding: (1, 1), key: "b"), [a])
    return try graph.apply(GlobalAveragePool(), [b])
  },
  CheckOperation("depthwise, stride 2", (6, 5, 4)) { graph, x in
    try graph.apply(
      Conv2D(
        filters: 4, kernel: (3, 3), stride: (2, 2), groups: 4, padding: (1, 1), bias: true,
        key: "a"), [x])
  },
  CheckOperation("conv2d, relu, conv2d, relu", (5, 5, 2)) { graph, x in
    let a = try graph.apply(Conv2D(filters: 3, kernel: (3, 3), padding: (1, 1), key: "a"), [x])
    let b = try graph.apply(
      Conv2D(filters: 4, kernel: (2, 2), stride: (2, 2), bias: true, key: "b"),
      [graph.apply(ReLU(), [a])])
    return try graph.apply(ReLU(), [b])
  },
  CheckOperation("flatten, with another reader", (3, 2, 2)) { graph, x in
    let a = try graph.apply(Conv2D(filters: 3, kernel: (2, 2), key: "a"), [x])
    let b = try graph.apply(Flatten(), [graph.apply(ReLU(), [a])])
    let c = try graph.apply(Flatten(), [graph.apply(Concat(), [a, a])])
    return try graph.apply(Concat(), [b, c])
  },
  CheckOperation("batch norm", (3, 4, 3)) { graph, x in
    try graph.apply(BatchNorm(key: "a"), [x])
  },
  CheckOperation("batch norm without scale", (3, 4, 3)) { graph, x in
    try graph.apply(BatchNorm(affine: false, key: "a"), [x])
  },
  CheckOperation("conv2d, batch norm, relu, twice", (6, 6, 2), batch: 4) { graph, x in
    var node = x
    for key in ["a", "b"] {
      node = try graph.apply(
        Conv2D(filters: 3, kernel: (3, 3), padding: (1, 1), key: key), [node])
      node = try graph.apply(BatchNorm(key: key + "n"), [node])
      node = try graph.apply(ReLU(), [node])
    }
    return node
  },
  CheckOperation("two batch norms of one convolution", (6, 5, 2)) { graph, x in
    let a = try graph.apply(Conv2D(filters: 3, kernel: (3, 3), padding: (1, 1), key: "a"), [x])
    let one = try graph.apply(BatchNorm(affine: false, key: "one"), [a])
    let other = try graph.apply(BatchNorm(key: "other"), [a])
    return try graph.apply(Concat(), [graph.apply(ReLU(), [one]), other])
  },
  CheckOperation("relu", (3, 4, 3)) { graph, x in try graph.apply(ReLU(), [x]) },
  CheckOperation("add of the same, of many, of one", (3, 3, 2)) { graph, x in
    let a = try graph.apply(Conv2D(filters: 2, kernel: (1, 1), key: "a"), [x])
    let b = try graph.apply(MaxPool(kernel: 3, stride: 1, padding: 1), [x])
    let one = try graph.apply(Add(), [a])
    let twice = try graph.apply(Add(), [a, a])
    return try graph.apply(Add(), [x, a, b, one, twice, x, b, a])
  },
  CheckOperation("a gradient shared by a relu and another reader", (4, 4, 2)) { graph, x in
    let a = try graph.apply(Conv2D(filters: 3, kernel: (1, 1), key: "a"), [x])
    let b = try graph.apply(Conv2D(filters: 3, kernel: (1, 1), key: "b"), [x])
    let sum = try graph.apply(Add(), [a, graph.apply(ReLU(), [b])])
    return try graph.apply(Conv2D(filters: 2, kernel: (3, 3), key: "c"), [sum])
  },
  CheckOperation("concat", (3, 3, 2)) { graph, x in
    let a = try graph.apply(Conv2D(filters: 3, kernel: (1, 1), key: "a"), [x])
    let b = try graph.apply(AveragePool(kernel: 3, stride: 1, padding: 1), [a])
    let whole = try graph.apply(Concat(), [x, a, b, a])
    let c = try graph.apply(Conv2D(filters: 2, kernel: (3, 3), padding: (1, 1), key: "c"), [whole])
    return try graph.apply(Concat(), [c, whole])
  },
  CheckOperation("slices of a layer, of the input, of each other", (4, 13, 6)) { graph, x in
    let a = try graph.apply(Conv2D(filters: 6, kernel: (3, 3), padding: (1, 1), key: "a"), [x])
    let first = try graph.apply(ChannelSlice(start: 0, count: 2), [a])
    let rest = try graph.apply(ChannelSlice(start: 2, count: 4), [a])
    let inner = try graph.apply(ChannelSlice(start: 1, count: 2), [rest])
    let given = try graph.apply(ChannelSlice(start: 3, count: 2), [x])
    let b = try graph.apply(
      Conv2D(filters: 2, kernel: (3, 3), padding: (1, 1), key: "b"),
      [graph.apply(ReLU(), [first])])
    let sum = try graph.apply(Add(), [b, inner, given, graph.apply(ReLU(), [inner])])
    return try graph.apply(Concat(), [sum, rest, a, first])
  },
  CheckOperation("channel shuffle", (3, 4, 6)) { graph, x in
    let a = try graph.apply(Conv2D(filters: 6, kernel: (1, 1), key: "a"), [x])
    let b = try graph.apply(ChannelShuffle(groups: 2), [a])
    return try graph.apply(Add(), [b, graph.apply(ChannelShuffle(groups: 3), [a]), a])
  },
  CheckOperation("a part of the channels mixed, the rest sent around", (4, 13, 8)) { graph, x in
    let stem = try graph.apply(Conv2D(filters: 8, kernel: (1, 1), key: "s"), [x])
    func edge(_ from: Graph.Node, _ place: String) throws -> Graph.Node {
      let part = try graph.apply(ChannelSlice(start: 0, count: 2), [from])
      let rest = try graph.apply(ChannelSlice(start: 2, count: 6), [from])
      let deep = try graph.apply(
        Conv2D(filters: 2, kernel: (3, 3), groups: 2, padding: (1, 1), key: place + "d"),
        [graph.apply(ReLU(), [part])])
      let mixed = try graph.apply(
        Mixture(branches: 4, key: "alpha"),
        [
          graph.apply(Zero(), [part]), part,
          graph.apply(BatchNorm(affine: false, key: place + "n"), [deep]),
          graph.apply(
            BatchNorm(affine: false, key: place + "p"),
            [graph.apply(MaxPool(kernel: 3, stride: 1, padding: 1), [part])]),
        ])
      return try graph.apply(
        ChannelShuffle(groups: 4), [graph.apply(Concat(), [mixed, rest])])
    }
    let first = try edge(stem, "a")
    let edges = try [edge(stem, "b"), edge(first, "c")]
    return try graph.apply(Mixture(branches: 2, key: "beta"), edges)
  },
  CheckOperation("max pool", (6, 5, 2)) { graph, x in
    try graph.apply(MaxPool(kernel: 3, stride: 2, padding: 1), [x])
  },
  CheckOperation("average pool", (6, 5, 2)) { graph, x in
    try graph.apply(AveragePool(kernel: 3, stride: 2, padding: 1), [x])
  },
  CheckOperation("global average pool", (4, 3, 5)) { graph, x in
    try graph.apply(GlobalAveragePool(), [x])
  },
  CheckOperation("zero", (5, 4, 2)) { graph, x in
    let nothing = try graph.apply(Zero(stride: 2), [x])
    let a = try graph.apply(
      Conv2D(filters: 2, kernel: (1, 1), stride: (2, 2), key: "a"), [x])
    let sum = try graph.apply(Add(), [nothing, a])
    return try graph.apply(Concat(), [nothing, sum])
  },
  CheckOperation("spatial pad", (3, 4, 2)) { graph, x in
    let a = try graph.apply(Conv2D(filters: 3, kernel: (1, 1), key: "a"), [x])
    let padded = try graph.apply(SpatialPad(height: 5, width: 6), [a])
    return try graph.apply(Conv2D(filters: 2, kernel: (3, 3), key: "b"), [padded])
  },
  CheckOperation("identity", (2, 2, 2)) { graph, x in try graph.apply(Identity(), [x]) },
  CheckOperation("dropout", (3, 3, 4)) { graph, x in
    let a = try graph.apply(Conv2D(filters: 4, kernel: (1, 1), key: "a"), [x])
    let b = try graph.apply(Dropout(rate: 0.4), [a])
    return try graph.apply(Add(), [b, graph.apply(Dropout(rate: 0.4), [a])])
  },
  CheckOperation("drop path", (3, 3, 4), batch: 6) { graph, x in
    let a = try graph.apply(Conv2D(filters: 4, kernel: (1, 1), key: "a"), [x])
    let b = try graph.apply(DropPath(rate: 0.4), [a])
    return try graph.apply(Add(), [b, graph.apply(DropPath(rate: 0.4), [a])])
  },
  CheckOperation("one key twice", (3, 3, 2)) { graph, x in
    let layer = Conv2D(filters: 2, kernel: (3, 3), padding: (1, 1), bias: true, key: "a")
    let once = try graph.apply(layer, [x])
    return try graph.apply(layer, [graph.apply(ReLU(), [once])])
  },
  CheckOperation("mixture of all kinds of branches, its key twice", (4, 13, 3)) { graph, x in
    func mixture(_ from: Graph.Node, _ place: String) throws -> Graph.Node {
      let active = try graph.apply(ReLU(), [from])
      let deep = try graph.apply(
        Conv2D(filters: 3, kernel: (3, 3), groups: 3, padding: (1, 1), key: place + "d"), [active])
      let wide = try graph.apply(Conv2D(filters: 3, kernel: (1, 1), key: place + "w"), [deep])
      let dilated = try graph.apply(
        Conv2D(filters: 3, kernel: (3, 3), dilation: 2, padding: (2, 2), key: place + "e"),
        [active])
      return try graph.apply(
        Mixture(branches: 5, key: "alpha"),
        [
          graph.apply(Zero(), [from]), from,
          graph.apply(BatchNorm(affine: false, key: place + "wn"), [wide]),
          graph.apply(BatchNorm(key: place + "en"), [dilated]),
          graph.apply(
            BatchNorm(affine: false, key: place + "pn"),
            [graph.apply(AveragePool(kernel: 3, stride: 1, padding: 1), [from])]),
        ])
    }
    let stem = try graph.apply(Conv2D(filters: 3, kernel: (1, 1), key: "s"), [x])
    let first = try mixture(stem, "a")
    let second = try mixture(first, "b")
    return try graph.apply(Concat(), [first, graph.apply(Add(), [stem, second])])
  },
  CheckOperation("mixture within a branch of a mixture", (3, 3, 2)) { graph, x in
    let a = try graph.apply(Conv2D(filters: 2, kernel: (3, 3), padding: (1, 1), key: "a"), [x])
    let inner = try graph.apply(Mixture(branches: 2, key: "inner"), [x, a])
    let b = try graph.apply(Conv2D(filters: 2, kernel: (1, 1), key: "b"), [inner])
    return try graph.apply(Mixture(branches: 3, key: "outer"), [b, x, graph.apply(ReLU(), [a])])
  },
  CheckOperation("a cell: relu shared by convolutions, pool, skip", (5, 5, 3)) { graph, x in
    let stem = try graph.apply(Conv2D(filters: 3, kernel: (3, 3), padding: (1, 1), key: "s"), [x])
    let n0 = try graph.apply(BatchNorm(key: "sn"), [stem])
    func edge(_ from: Graph.Node, _ key: String) throws -> Graph.Node {
      let active = try graph.apply(ReLU(), [from])
      let conv = try graph.apply(
        Conv2D(filters: 3, kernel: (3, 3), padding: (1, 1), key: key), [active])
      return try graph.apply(BatchNorm(key: key + "n"), [conv])
    }
    let n1 = try edge(n0, "a")
    let n2 = try graph.apply(
      Add(), [edge(n0, "b"), graph.apply(AveragePool(kernel: 3, stride: 1, padding: 1), [n1])])
    return try graph.apply(
      Add(), [n0, edge(n1, "c"), graph.apply(MaxPool(kernel: 3, stride: 1, padding: 1), [n2])])
  },
]

@Suite struct GradientTests {
  @Test(arguments: subjects)
  func `gradients agree with central differences in double`(_ subject: CheckOperation) throws {
    try subject.checkGradients()
  }
}
