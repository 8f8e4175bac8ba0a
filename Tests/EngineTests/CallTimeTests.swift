import Engine
import Testing

/// Single operations, timed call by call.
@Suite struct CallTimeTests {
  private let origin = ContinuousClock.now

  private func seconds() -> Double { (ContinuousClock.now - origin) / .seconds(1) }

  private func execution(isDirect: Bool, threads: Int = 1) throws -> Execution {
    var graph = Graph()
    let input = graph.input(Shape(height: 12, width: 12, channels: 16))
    let conv = Conv2D(
      filters: 24, kernel: (3, 3), padding: (1, 1), isDirect: isDirect, key: "conv")
    var node = try graph.apply(conv, [input])
    node = try graph.apply(MaxPool(kernel: 3, stride: 1, padding: 1), [node])
    let logits = try graph.apply(GlobalAveragePool(), [node])
    let plan = try Plan(
      graph, logits: logits, batch: 8,
      optimizer: .sgd(momentum: 0.9, nesterov: false, weightDecay: 0), kernels: .fast(.best),
      threads: threads, inputGradient: threads == 1)
    let execution = try Execution(plan)
    execution.initialise(seed: 3)
    Golden.fill(execution, seed: 4)
    return execution
  }

  @Test func `every call of a step is timed under its kernel's name`() throws {
    let execution = try execution(isDirect: false)
    let times = execution.timedStep(learningRate: 0.1) { seconds() }
    #expect(times.count == execution.plan.callCount.training)
    let kernels = Set(times.map(\.kernel))
    for name in ["conv2d", "conv2d_grad_input", "conv2d_grad_weight", "max_pool", "max_pool_grad"] {
      #expect(kernels.contains(name), "\(name) of \(kernels.sorted())")
    }
    #expect(!kernels.contains(""))
    #expect(times.allSatisfy { $0.wall > 0 && $0.processor >= 0 })
  }

  @Test func `a timed step computes what a step does`() throws {
    let (timed, plain) = (try execution(isDirect: false), try execution(isDirect: false))
    _ = timed.timedStep(learningRate: 0.1) { seconds() }
    _ = plain.train(learningRate: 0.1, step: 0, seed: 0)
    #expect(timed.read(.parameter("conv.weight")) == plain.read(.parameter("conv.weight")))
    #expect(timed.read(.inputGradient) == plain.read(.inputGradient))
  }

  @Test func `direct convolutions agree with transformed patches, bits apart`() throws {
    let (direct, patched) = (try execution(isDirect: true), try execution(isDirect: false))
    for execution in [direct, patched] { _ = execution.train(learningRate: 0.1, step: 0, seed: 0) }
    for stretch in [Execution.Stretch.gradient("conv.weight"), .inputGradient, .logits] {
      let (a, b) = (direct.read(stretch), patched.read(stretch))
      let largest = a.map(abs).max() ?? 0
      #expect(largest > 0)
      #expect(zip(a, b).allSatisfy { abs($0 - $1) <= 2e-5 * largest })
    }
    guard InstructionSet.best != .generic else { return }
    #expect(direct.read(.logits) != patched.read(.logits), "the same products were taken")
  }

  @Test func `a processor's limits are above what is slow and below what is absurd`() throws {
    for isa in InstructionSet.supported {
      #expect((1e8...1e13).contains(ProcessorLimits.operationsPerSecond(isa)))
      #expect((1e-9...1).contains(try ProcessorLimits.streamSeconds(bytes: 1 << 20, isa)))
    }
  }
}
