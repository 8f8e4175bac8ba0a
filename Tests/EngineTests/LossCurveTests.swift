import Engine
import Testing

@Suite struct LossCurveTests {
  private struct Training {
    let rule: OptimizerRule
    let clip: Float?
    let rate: Float
  }

  private static let trainings: [String: Training] = [
    "sgd": Training(
      rule: .sgd(momentum: 0.9, nesterov: false, weightDecay: 5e-4), clip: nil, rate: 0.01),
    "nesterov clipped": Training(
      rule: .sgd(momentum: 0.9, nesterov: true, weightDecay: 5e-4), clip: 0.5, rate: 0.01),
    "adam": Training(
      rule: .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 1e-4), clip: nil,
      rate: 0.001),
  ]

  /// The convolutions of the scalar twins are slow, so the small network takes a few steps only.
  @Test(arguments: [("mlp", 30), ("tiny_cnn", 6)], ["sgd", "nesterov clipped", "adam"])
  func `steps in double follow PyTorch's to six decimals`(
    _ subject: (network: String, steps: Int), _ rule: String
  ) throws {
    try follow(
      subject.network, rule, "double", .referenceDouble, steps: subject.steps, within: 1e-6)
  }

  /// Adam on the small network is left out: its first steps divide rounding errors by themselves.
  @Test(
    arguments: [("mlp", "sgd"), ("mlp", "adam"), ("tiny_cnn", "sgd")], KernelSet.fastest)
  func `thirty steps follow PyTorch's loss to four decimals`(
    _ training: (network: String, rule: String), _ kernels: KernelSet
  ) throws {
    try follow(training.network, training.rule, "single", kernels, within: 5e-5)
  }

  private func follow(
    _ network: String, _ rule: String, _ precision: String, _ kernels: KernelSet,
    steps: Int = 30, within tolerance: Double
  ) throws {
    let curve = try #require(try Golden.curves()["\(network) \(rule), \(precision)"])
    let training = try #require(Self.trainings[rule])
    let isImage = network == "tiny_cnn"
    var graph = Graph()
    let input = graph.input(
      isImage ? Shape(height: 8, width: 8, channels: 1) : Shape(channels: 64))
    let logits = try isImage ? Networks.tinyCNN(&graph, input) : Networks.mlp(&graph, input)
    let execution = try Execution(
      Plan(
        graph, logits: logits, batch: 64, optimizer: training.rule, gradientClip: training.clip,
        kernels: kernels))
    try Golden.start(execution)
    for (step, expected) in curve.losses.prefix(steps).enumerated() {
      Golden.fill(execution, seed: UInt64(3000 + step % 4))
      let loss = execution.train(learningRate: training.rate, step: step, seed: 0).loss
      #expect(abs(loss - expected) < tolerance, "step \(step): \(loss), PyTorch has \(expected)")
    }
    guard steps == curve.losses.count else { return }
    Golden.fill(execution, seed: 3000)
    let evaluation = execution.evaluate(rows: 64)
    #expect(abs(evaluation.lossSum - curve.evaluationLossSum) < 64 * tolerance)
    #expect(evaluation.correct == curve.evaluationCorrect)
  }
}
