import Engine
import Testing

@Suite struct WeightsTests {
  private func execution(key: String = "") throws -> Execution {
    var graph = Graph()
    let input = graph.input(Shape(height: 4, width: 4, channels: 2))
    let conv = try graph.apply(
      Conv2D(filters: 4, kernel: (3, 2), groups: 2, padding: (1, 1), bias: true, key: key + "conv"),
      [input])
    let norm = try graph.apply(BatchNorm(key: key + "norm"), [conv])
    let logits = try graph.apply(Linear(units: 3, key: key + "head"), [norm])
    return try Execution(
      Plan(
        graph, logits: logits, batch: 2,
        optimizer: .sgd(momentum: 0.9, nesterov: false, weightDecay: 0)))
  }

  @Test func `weights have PyTorch's names and shapes and survive a round trip`() throws {
    let first = try execution()
    first.initialise(seed: 5)
    let weights = first.weights()
    #expect(
      weights.keys == [
        "conv.bias", "conv.weight", "head.bias", "head.weight", "norm.bias", "norm.running_mean",
        "norm.running_var", "norm.weight",
      ])
    #expect(weights["conv.weight"]?.shape == [4, 1, 3, 2])
    #expect(weights["head.weight"]?.shape == [3, 80])
    let second = try execution()
    try second.load(weights)
    #expect(second.weights() == weights)
    let file = Safetensors.encode(weights, metadata: ["made_by": "a test \"quoted\""])
    #expect(try Safetensors.decode(file) == weights)
    #expect(try Safetensors.metadata(file) == ["made_by": "a test \"quoted\""])
    #expect(file == Safetensors.encode(weights, metadata: ["made_by": "a test \"quoted\""]))
  }

  @Test func `first values depend on seed and name alone`() throws {
    let (a, b, other) = (try execution(), try execution(), try execution(key: "x."))
    a.initialise(seed: 5)
    b.initialise(seed: 5)
    other.initialise(seed: 5)
    #expect(a.weights() == b.weights())
    #expect(a.weights()["head.weight"] != other.weights()["x.head.weight"])
    b.initialise(seed: 6)
    #expect(a.weights()["head.weight"] != b.weights()["head.weight"])
    #expect(a.weights()["norm.weight"] == b.weights()["norm.weight"])
  }

  @Test func `first values have the spread their rule says`() throws {
    var graph = Graph()
    let input = graph.input(Shape(height: 4, width: 4, channels: 32))
    let conv = try graph.apply(Conv2D(filters: 64, kernel: (3, 3), key: "conv"), [input])
    let logits = try graph.apply(Linear(units: 100, key: "head"), [conv])
    let execution = try Execution(
      Plan(
        graph, logits: logits, batch: 1,
        optimizer: .sgd(momentum: 0, nesterov: false, weightDecay: 0)))
    execution.initialise(seed: 1)
    let kernel = execution.read(.parameter("conv.weight"))
    let variance = kernel.reduce(0) { $0 + $1 * $1 } / Double(kernel.count)
    #expect(abs(variance / (2.0 / (9 * 64)) - 1) < 0.05)
    let matrix = execution.read(.parameter("head.weight"))
    let bound = 1 / 256.0.squareRoot()
    #expect(matrix.allSatisfy { abs($0) <= bound })
    #expect((matrix.max() ?? 0) > 0.99 * bound)
  }

  @Test func `loading is all or nothing unless partial`() throws {
    let subject = try execution()
    subject.initialise(seed: 5)
    let before = subject.weights()
    var wrong = before
    wrong["conv.bias"] = Tensor(shape: [4], values: [1, 2, 3, 4])
    wrong["head.weight"] = Tensor(shape: [1], values: [1])
    #expect(throws: WeightsError.self) { try subject.load(wrong) }
    #expect(subject.weights() == before)
    try subject.load(wrong, partial: true)
    #expect(subject.weights()["conv.bias"]?.values == [1, 2, 3, 4])
    #expect(subject.weights()["head.weight"] == before["head.weight"])
  }

  @Test func `a damaged file of weights is refused`() throws {
    let subject = try execution()
    subject.initialise(seed: 5)
    let file = Safetensors.encode(subject.weights())
    for length in [0, 7, 8, 40, file.count - 1] {
      #expect(throws: WeightsError.self) { try Safetensors.decode(Array(file.prefix(length))) }
    }
    #expect(throws: WeightsError.self) {
      try Safetensors.decode(Array(repeating: 255, count: 64))
    }
    func refused(_ header: String) -> Bool {
      var bytes = withUnsafeBytes(of: UInt64(header.utf8.count)) { Array($0) }
      bytes += Array(header.utf8) + [0, 0, 0, 0]
      return (try? Safetensors.decode(bytes)) == nil
    }
    #expect(!refused(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#))
    #expect(refused(#"{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}"#))
    #expect(refused(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#))
    #expect(refused(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#))
    #expect(refused(#"{"a":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}"#))
    #expect(
      refused(
        #"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}"#))
  }

  @Test func `the header ends where tensors are aligned`() throws {
    let file = Safetensors.encode(Weights(["a": Tensor(shape: [1], values: [1.5])]))
    let length = file[0..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    #expect(length % 8 == 0)
    #expect(file.count == 8 + length + 4)
  }
}
