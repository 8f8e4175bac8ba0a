import Engine
import Testing

/// What fusion and placement may break only where several of their rules meet.
@Suite struct RandomNetworkTests {
  @Test(arguments: 1...40)
  func `gradients of random networks agree with central differences`(_ seed: UInt64) throws {
    try RandomNetwork.subject(seed: seed).checkGradients(samples: 6)
  }

  @Test(arguments: 101...140)
  func `training and inference pass agree where they must`(_ seed: UInt64) throws {
    let subject = RandomNetwork.subject(seed: seed, isDeterministic: true)
    let execution = try subject.execution(.referenceDouble)
    let trained = execution.train(learningRate: 0, step: 0, seed: 0)
    let logits = execution.read(.logits)
    let evaluated = execution.evaluate(rows: subject.batch)
    #expect(execution.read(.logits) == logits)
    #expect(evaluated == trained)
  }

  @Test(arguments: 201...220, KernelSet.fastest)
  func `fast kernels train random networks as their twins do`(
    _ seed: UInt64, _ kernels: KernelSet
  ) throws {
    let subject = RandomNetwork.subject(seed: seed)
    func run(_ kernels: KernelSet) throws -> [Double] {
      let execution = try subject.execution(kernels)
      return (0..<3).map { execution.train(learningRate: 0.01, step: $0, seed: 5).loss }
    }
    let (twin, fast) = (try run(.reference), try run(kernels))
    for (value, right) in zip(fast, twin) {
      #expect(abs(value - right) <= 1e-3 * (1 + abs(right)), "seed \(seed): \(fast), twin \(twin)")
    }
  }
}
