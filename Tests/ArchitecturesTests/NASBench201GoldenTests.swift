import Architectures
import Domain
import Engine
import Testing

/// Class scores of the same networks in PyTorch 2.13.0: `NB201Net(arch, c=4, cin=2, classes=3)` of
/// bench_torch.py on two images of 8×8×2.
///
/// All tensors in the order of our names, then the images (NHWC), take the numbers u₀, u₁, … of the
/// SplitMix64 stream of seed 7: u − 0.5, running variances u + 0.5.
@Suite struct NASBench201GoldenTests {
  struct Golden: CustomTestStringConvertible {
    let code: String
    /// With running statistics.
    let inference: [Float]
    /// With the batch's own.
    let training: [Float]

    var testDescription: String { code }
  }

  private static let goldens = [
    Golden(
      code:
        "|nor_conv_3x3~0|+|nor_conv_1x1~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_1x1~2|",
      inference: [0.26587, -0.40481, 0.45342, 0.26727, -0.40476, 0.45266],
      training: [0.08527, -0.37391, 0.39012, 0.07701, -0.30789, 0.41073]),
    Golden(
      code:
        "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|",
      inference: [-0.13947, -0.40559, 0.51641, -0.14360, -0.40617, 0.51499],
      training: [0.04253, -0.30929, 0.40890, 0.13748, -0.34142, 0.39617]),
    Golden(
      code:
        "|nor_conv_1x1~0|+|none~0|skip_connect~1|+|avg_pool_3x3~0|nor_conv_3x3~1|skip_connect~2|",
      inference: [0.00086, -0.20442, 0.41514, 0.00202, -0.20446, 0.41412],
      training: [0.07798, -0.28834, 0.28531, 0.13277, -0.34983, 0.48351]),
  ]

  @Test(arguments: goldens)
  func `class scores are those of the same network in PyTorch`(golden: Golden) throws {
    let architecture = try decode(
      "nasbench201-cell", NASBench201Space().genotype(of: golden.code), params: ["width": 4],
      input: TensorShape(height: 8, width: 8, channels: 2), classes: 3)
    let (graph, logits) = try architecture.graph()
    let run = try Execution(
      Plan(
        graph, logits: logits, batch: 2,
        optimizer: .sgd(momentum: 0, nesterov: false, weightDecay: 0)))
    var stream = SeededGenerator(seed: 7)
    var weights = Weights()
    let shapes = architecture.tensorShapes
    for name in shapes.keys.sorted() {
      let shape = shapes[name] ?? []
      let shift = name.hasSuffix("running_var") ? 0.5 : -0.5
      weights[name] = Tensor(
        shape: shape, values: (0..<shape.reduce(1, *)).map { _ in Float(stream.unit() + shift) })
    }
    try run.load(weights)
    for index in run.inputs.indices { run.inputs[index] = Float(stream.unit() - 0.5) }
    for index in run.labels.indices { run.labels[index] = 0 }
    _ = run.evaluate(rows: 2)
    #expect(run.logits.count == 6)
    #expect(zip(run.logits, golden.inference).allSatisfy { abs($0 - $1) < 2e-5 })
    _ = run.train(learningRate: 0, step: 0, seed: 0)
    #expect(zip(run.logits, golden.training).allSatisfy { abs($0 - $1) < 1e-4 })
  }
}
