import Engine
import Testing

/// The subjects of make_golden.py by the same names.
private let subjects: [CheckOperation] = [
  CheckOperation("linear", (2, 2, 2)) { _, x in x },
  CheckOperation("conv2d", (4, 4, 2)) { graph, x in
    try graph.apply(Conv2D(filters: 3, kernel: (3, 3), padding: (1, 1), key: "a"), [x])
  },
  CheckOperation("conv2d strided", (5, 4, 2)) { graph, x in
    try graph.apply(
      Conv2D(
        filters: 3, kernel: (3, 5), stride: (2, 1), padding: (1, 2), bias: true, key: "a"), [x])
  },
  CheckOperation("conv2d dilated, grouped", (5, 5, 4), batch: 2) { graph, x in
    try graph.apply(
      Conv2D(
        filters: 4, kernel: (3, 3), dilation: 2, groups: 2, padding: (2, 2), key: "a"), [x])
  },
  CheckOperation("depthwise", (5, 5, 4), batch: 2) { graph, x in
    try graph.apply(
      Conv2D(
        filters: 4, kernel: (3, 3), stride: (2, 2), groups: 4, padding: (1, 1), key: "a"), [x])
  },
  CheckOperation("batch norm", (3, 3, 3)) { graph, x in
    try graph.apply(BatchNorm(key: "a"), [x])
  },
  CheckOperation("batch norm, plain", (3, 3, 3)) { graph, x in
    try graph.apply(BatchNorm(affine: false, key: "a"), [x])
  },
  CheckOperation("batch norm, relu", (3, 3, 3)) { graph, x in
    try graph.apply(ReLU(), [graph.apply(BatchNorm(key: "a"), [x])])
  },
  CheckOperation("relu", (3, 2, 2)) { graph, x in try graph.apply(ReLU(), [x]) },
  CheckOperation("add", (2, 3, 2)) { graph, x in
    try graph.apply(
      Add(), [x, graph.apply(Conv2D(filters: 2, kernel: (1, 1), key: "a"), [x])])
  },
  CheckOperation("concat", (2, 3, 2)) { graph, x in
    try graph.apply(
      Concat(), [x, graph.apply(Conv2D(filters: 3, kernel: (1, 1), key: "a"), [x]), x])
  },
  CheckOperation("max pool", (5, 4, 2)) { graph, x in
    try graph.apply(MaxPool(kernel: 3, stride: 2, padding: 1), [x])
  },
  CheckOperation("average pool", (5, 4, 2)) { graph, x in
    try graph.apply(AveragePool(kernel: 3, stride: 2, padding: 1), [x])
  },
  CheckOperation("global average pool", (3, 4, 3)) { graph, x in
    try graph.apply(GlobalAveragePool(), [x])
  },
  CheckOperation("zero", (3, 3, 2)) { graph, x in
    let a = try graph.apply(
      Conv2D(filters: 2, kernel: (1, 1), stride: (2, 2), key: "a"), [x])
    return try graph.apply(Add(), [a, graph.apply(Zero(stride: 2), [x])])
  },
  CheckOperation("spatial pad", (3, 3, 2)) { graph, x in
    try graph.apply(
      Conv2D(filters: 2, kernel: (3, 3), key: "a"),
      [graph.apply(SpatialPad(height: 4, width: 5), [x])])
  },
  CheckOperation("cell", (4, 4, 2)) { graph, x in
    func normal(_ key: String, _ from: Graph.Node) throws -> Graph.Node {
      let conv = try graph.apply(
        Conv2D(filters: 2, kernel: (3, 3), padding: (1, 1), key: key), [from])
      return try graph.apply(BatchNorm(key: key + "n"), [conv])
    }
    let n0 = try normal("s", x)
    let n1 = try normal("a", graph.apply(ReLU(), [n0]))
    let n2 = try graph.apply(
      Add(),
      [
        normal("b", graph.apply(ReLU(), [n0])),
        graph.apply(AveragePool(kernel: 3, stride: 1, padding: 1), [n1]),
      ])
    return try graph.apply(
      Add(),
      [
        n0, normal("c", graph.apply(ReLU(), [n1])),
        graph.apply(MaxPool(kernel: 3, stride: 1, padding: 1), [n2]),
      ])
  },
]

@Suite struct GoldenTests {
  @Test(arguments: subjects, KernelSet.singlePrecision)
  func `forward and backward agree with PyTorch`(
    _ subject: CheckOperation, _ kernels: KernelSet
  ) throws {
    let golden = try #require(try Golden.passes()[subject.name])
    let execution = try subject.execution(kernels)
    try Golden.start(execution)
    Golden.fill(execution, seed: 2000)
    let result = execution.train(learningRate: 0, step: 0, seed: 0)
    #expect(abs(result.loss - golden.loss) < 2e-5)
    expectClose(execution.read(.logits), golden.logits, "logits")
    expectClose(execution.read(.inputGradient), golden.inputGradient, "gradient of the input")
    #expect(execution.plan.learnedKeys.sorted() == golden.gradients.keys.sorted())
    for (key, expected) in golden.gradients {
      expectClose(execution.tensor(.gradient(key)), expected, "gradient of \(key)")
    }
    for (key, expected) in golden.statistics {
      expectClose(execution.tensor(.parameter(key)), expected, key)
    }
  }

  @Test func `every subject of the golden file is compared`() throws {
    #expect(try Golden.passes().keys.sorted() == subjects.map(\.name).sorted())
  }

  private func expectClose(_ values: [Double], _ expected: [Double], _ what: String) {
    #expect(values.count == expected.count, "\(what)")
    for (index, (value, right)) in zip(values, expected).enumerated() {
      #expect(
        abs(value - right) <= 2e-5 + 2e-5 * abs(right),
        "\(what)[\(index)] is \(value); PyTorch has \(right)")
    }
  }

  private func expectClose(_ tensor: Tensor?, _ expected: [Double], _ what: String) {
    expectClose(tensor?.values.map { Double($0) } ?? [], expected, what)
  }
}
