internal import Domain
internal import Engine

/// Times single operations inside a training step, kernel by kernel; one JSON object a line.
///
/// Every kernel runs several times in a row, as in a loop over one operation; a step has other kernels
/// in between and finds less in the caches. The line ending in `_fwd` is the forward kernels alone, `_fb` both directions, as autograd would
/// run them. `floor_ms` is what streaming the operation's tensors once, each read or written, takes
/// here, direction by direction; `of_peak` the share of the processor's best rate of multiplying.
struct EngineOperatorBench {
  private let isa: InstructionSet
  private let seconds: Double
  private let peak: Double

  init(isa: InstructionSet, seconds: Double) {
    self.isa = isa
    self.seconds = seconds
    peak = ProcessorLimits.operationsPerSecond(isa)
  }

  /// The lines of one operation: as the engine runs it and, for 3×3 convolutions, by direct products
  /// too.
  func lines(_ subject: EngineOperator) throws -> [JSONValue] {
    let plain = try lines(subject, mode: isa.rawValue)
    guard let direct = subject.direct else { return plain }
    return plain + (try lines(direct, mode: isa.rawValue + "_direct"))
  }

  private func lines(_ subject: EngineOperator, mode: String) throws -> [JSONValue] {
    let steps = try measure(subject)
    let isProduct = subject.backward.isEmpty
    let tensors = subject.tensors
    let forward = try line(
      subject, steps, subject.forward, mode, suffix: isProduct ? "" : "_fwd",
      operations: subject.operations, tensors: [tensors.forward])
    guard !isProduct else { return [forward] }
    let both = try line(
      subject, steps, subject.forward + subject.backward, mode, suffix: "_fb",
      operations: 3 * subject.operations, tensors: [tensors.forward, tensors.backward])
    return [forward, both]
  }

  private func measure(_ subject: EngineOperator) throws -> [[CallTime]] {
    var graph = Graph()
    let end = try subject.build(&graph)
    let plan = try Plan(
      graph, logits: end, batch: subject.batch,
      optimizer: .sgd(momentum: 0.9, nesterov: false, weightDecay: 5e-4), kernels: .fast(isa),
      inputGradient: true)
    let execution = try Execution(plan)
    execution.initialise(seed: 0)
    EngineBench.fill(execution)
    let clock = ContinuousClock()
    let stop = clock.now + .seconds(seconds)
    var steps: [[CallTime]] = []
    for _ in 0..<5 { _ = timedStep(execution, subject) }
    while steps.count < 7 || (clock.now < stop && steps.count < 100_000) {
      steps.append(timedStep(execution, subject))
    }
    return steps
  }

  private func timedStep(_ execution: Execution, _ subject: EngineOperator) -> [CallTime] {
    let origin = ContinuousClock.now
    return execution.timedStep(learningRate: 0, repeats: subject.repeats) {
      (ContinuousClock.now - origin) / .seconds(1)
    }
  }

  private func line(
    _ subject: EngineOperator, _ steps: [[CallTime]], _ kernels: [String], _ mode: String,
    suffix: String, operations: Int, tensors: [Int]
  ) throws -> JSONValue {
    let wanted = steps.map { step in step.filter { kernels.contains($0.kernel) } }
    let walls = wanted.map { $0.reduce(0) { $0 + $1.wall } * 1000 }.sorted()
    let processors = wanted.map { $0.reduce(0) { $0 + $1.processor } * 1000 }.sorted()
    let (wall, processor) = (walls[walls.count / 2], processors[processors.count / 2])
    let floor = try tensors.reduce(0.0) { total, count in
      let bytes = 4 * count * subject.batch * subject.shape.count
      return try total + ProcessorLimits.streamSeconds(bytes: bytes, isa) * 1000
    }
    let parts = kernels.map { kernel -> (String, JSONValue) in
      let times = wanted.map { step in
        step.filter { $0.kernel == kernel }.reduce(0) { $0 + $1.processor } * 1000
      }.sorted()
      return (kernel, EngineBench.rounded(times[times.count / 2]))
    }
    let rate = Double(operations) / processor * 1000
    return [
      "name": .string(subject.name + suffix), "mode": .string(mode), "threads": 1,
      "median_ms": EngineBench.rounded(wall),
      "p10_ms": EngineBench.rounded(walls[walls.count / 10]),
      "min_ms": EngineBench.rounded(walls[0]), "cpu_ms": EngineBench.rounded(processor),
      "n": .number(Double(walls.count)),
      "images_per_s": EngineBench.rounded(Double(subject.batch) / wall * 1000, 1),
      "gflops": EngineBench.rounded(Double(operations) / wall / 1e6, 2),
      "flops_per_step": .number(Double(operations)),
      "peak_gflops": EngineBench.rounded(peak / 1e9, 1),
      "of_peak": EngineBench.rounded(rate / peak, 3),
      "floor_ms": EngineBench.rounded(floor),
      "over_floor": EngineBench.rounded(processor / floor, 2),
      "kernels_ms": .object(Dictionary(parts) { first, _ in first }),
      "engine": .string(EngineVersion.current),
    ]
  }
}
