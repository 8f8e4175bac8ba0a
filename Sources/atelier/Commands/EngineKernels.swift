internal import Domain
internal import Engine

/// Tells which kernels a training step spends its time in, and how much of that is waiting for memory.
enum EngineKernels {
  /// How often a call runs in a row where what it reads shall lie in the caches.
  private static let repeats = 5

  /// One line: of each kernel its calls, their processor time within steps, and when each call is repeated.
  ///
  /// Times are medians over steps of the sum over a kernel's calls, in milliseconds; reading the clock
  /// takes part of a microsecond a call. What `ms` has above `repeated_ms` is what a call waits for,
  /// that others have displaced from the caches.
  static func run(
    _ workload: EngineWorkload, isa: InstructionSet, seconds: Double
  ) throws -> JSONValue {
    var graph = Graph()
    let logits = try workload.build(&graph)
    let plan = try Plan(
      graph, logits: logits, batch: workload.batch,
      optimizer: .sgd(momentum: 0.9, nesterov: false, weightDecay: 5e-4), isa: isa)
    let execution = try Execution(plan)
    execution.initialise(seed: 0)
    EngineBench.fill(execution)
    let within = times(execution, repeats: 1, seconds: seconds / 2)
    let repeated = times(execution, repeats: repeats, seconds: seconds / 2)
    var kernels: [String: JSONValue] = [:]
    for (kernel, sum) in within {
      kernels[kernel] = [
        "calls": .number(Double(sum.calls)), "ms": EngineBench.rounded(sum.milliseconds, 4),
        "repeated_ms": EngineBench.rounded(repeated[kernel]?.milliseconds ?? 0, 4),
      ]
    }
    return [
      "name": .string(workload.name), "mode": .string(isa.rawValue), "threads": 1,
      "ms": EngineBench.rounded(within.values.reduce(0) { $0 + $1.milliseconds }, 4),
      "repeated_ms": EngineBench.rounded(
        repeated.values.reduce(0) { $0 + $1.milliseconds }, 4),
      "kernels": .object(kernels), "engine": .string(EngineVersion.current),
    ]
  }

  private static func times(
    _ execution: Execution, repeats: Int, seconds: Double
  ) -> [String: (calls: Int, milliseconds: Double)] {
    let origin = ContinuousClock.now
    let end = origin + .seconds(seconds)
    var sums: [String: [Double]] = [:]
    var calls: [String: Int] = [:]
    var steps = 0
    while steps < 7 || ContinuousClock.now < end {
      let step = execution.timedStep(learningRate: 0, repeats: repeats) {
        (ContinuousClock.now - origin) / .seconds(1)
      }
      for (kernel, of) in Dictionary(grouping: step, by: \.kernel) {
        sums[kernel, default: []].append(1000 * of.reduce(0) { $0 + $1.processor })
        calls[kernel] = of.count
      }
      steps += 1
    }
    return sums.reduce(into: [:]) { result, next in
      result[next.key] = (calls[next.key] ?? 0, next.value.sorted()[next.value.count / 2])
    }
  }
}
