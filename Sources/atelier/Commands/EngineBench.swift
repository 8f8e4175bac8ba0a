internal import Domain
internal import Engine
internal import Foundation

/// Times whole training steps through the engine's public surface; one JSON object a line.
///
/// A step is forward, backward and SGD with momentum 0.9 and weight decay 5e-4 on one fixed batch.
/// `gflops` counts 2 · MAC of convolutions and linear layers, forward, gradient of the weights and
/// gradient of the input (the last not where the data come in); everything else counts as 0.
enum EngineBench {
  /// What is asked about the workloads.
  enum Kind {
    case times
    case curve
    case memory
    case plans
    case kernels
  }

  private static let warmUp = 10

  /// Prints a line for every workload whose name holds one of the words in `only` (all, when empty).
  ///
  /// A plan may stay on fewer threads than it is offered; the line says how many it took.
  static func run(
    only: [String], threads: [Int], isa: InstructionSet, seconds: Double, kind: Kind
  ) throws {
    if kind == .times, only.isEmpty || only.contains(where: { "overhead".contains($0) }) {
      print(try overhead(isa: isa, seconds: seconds).canonical)
    }
    for count in kind == .kernels ? [1] : threads {
      for workload in kind == .plans ? EngineWorkload.planned : EngineWorkload.all
      where only.isEmpty || only.contains(where: { workload.name.contains($0) }) {
        let line =
          switch kind {
          case .times: try measure(workload, isa: isa, threads: count, seconds: seconds)
          case .curve: try EngineCurve.run(workload, isa: isa, threads: count)
          case .memory: try EngineMemory.run(workload, isa: isa, threads: count)
          case .plans:
            try EnginePlans.run(workload, isa: isa, threads: count, seconds: seconds)
          case .kernels: try EngineKernels.run(workload, isa: isa, seconds: seconds)
          }
        print(line.canonical)
      }
    }
  }

  /// Prints the lines of every single operation whose name holds one of the words in `only`.
  static func runOperators(only: [String], isa: InstructionSet, seconds: Double) throws {
    let bench = EngineOperatorBench(isa: isa, seconds: seconds)
    for subject in EngineOperator.all
    where only.isEmpty || only.contains(where: { subject.name.contains($0) }) {
      for line in try bench.lines(subject) { print(line.canonical) }
    }
  }

  /// What a call costs beside its work: a pass over a thousand ReLUs of one number each, one after
  /// the other, less a pass over none.
  private static func overhead(isa: InstructionSet, seconds: Double) throws -> JSONValue {
    func nanoseconds(_ calls: Int) throws -> (median: Double, calls: Int) {
      var graph = Graph()
      var node = graph.input(Shape(channels: 1))
      for _ in 0..<calls { node = try graph.apply(ReLU(), [node]) }
      let logits = try graph.apply(Linear(units: 1, key: "head"), [node])
      let plan = try Plan(
        graph, logits: logits, batch: 1,
        optimizer: .sgd(momentum: 0, nesterov: false, weightDecay: 0), isa: isa)
      let execution = try Execution(plan)
      execution.initialise(seed: 0)
      var times: [Double] = []
      let end = ContinuousClock.now + .seconds(seconds / 2)
      while times.count < 7 || (ContinuousClock.now < end && times.count < 10_000) {
        let start = processorSeconds()
        for _ in 0..<16 { _ = execution.evaluate(rows: 1) }
        times.append((processorSeconds() - start) * 1e9 / 16)
      }
      return (times.sorted()[times.count / 2], plan.callCount.inference)
    }
    let (whole, empty) = (try nanoseconds(1000), try nanoseconds(0))
    let calls = whole.calls - empty.calls
    return [
      "name": "overhead", "mode": .string(isa.rawValue), "calls": .number(Double(calls)),
      "ns_per_call": rounded((whole.median - empty.median) / Double(calls), 1),
      "engine": .string(EngineVersion.current),
    ]
  }

  private static func measure(
    _ workload: EngineWorkload, isa: InstructionSet, threads: Int, seconds: Double
  ) throws -> JSONValue {
    let clock = ContinuousClock()
    func planned() throws -> (graph: Graph, plan: Plan, milliseconds: Double) {
      let start = clock.now
      var graph = Graph()
      let logits = try workload.build(&graph)
      let plan = try Plan(
        graph, logits: logits, batch: workload.batch,
        optimizer: .sgd(momentum: 0.9, nesterov: false, weightDecay: 5e-4), isa: isa,
        threads: threads)
      return (graph, plan, (clock.now - start) / .milliseconds(1))
    }
    let (graph, plan, planning) = try planned()
    // What a process pays that has planned before: a worker plans one candidate after the other.
    let replanning = try planned().milliseconds
    let execution = try Execution(plan)
    execution.initialise(seed: 0)
    fill(execution)

    let started = clock.now
    var loss = 0.0
    for step in 0..<warmUp {
      loss = execution.train(learningRate: 0.01, step: step, seed: 0).loss
    }
    let warming = (clock.now - started) / .seconds(1)
    var walls: [Double] = []
    var processors: [Double] = []
    let end = clock.now + .seconds(seconds)
    while walls.count < 7 || (clock.now < end && walls.count < 100_000) {
      let (processor, wall) = (processorSeconds(), clock.now)
      _ = execution.train(learningRate: 0.01, step: warmUp + walls.count, seed: 0)
      walls.append((clock.now - wall) / .milliseconds(1))
      processors.append((processorSeconds() - processor) * 1000)
    }
    walls.sort()
    processors.sort()
    let median = walls[walls.count / 2]
    let flops = EngineBench.flops(graph, batch: workload.batch)
    return [
      "name": .string(workload.name), "mode": .string(isa.rawValue),
      "threads": .number(Double(threads)),
      "threads_used": .number(Double(plan.threads)),
      "median_ms": rounded(median), "p10_ms": rounded(walls[walls.count / 10]),
      "min_ms": rounded(walls[0]), "cpu_ms": rounded(processors[processors.count / 2]),
      "n": .number(Double(walls.count)),
      "images_per_s": rounded(Double(workload.batch) / median * 1000, 1),
      "gflops": rounded(Double(flops) / median / 1e6, 2), "flops_per_step": .number(Double(flops)),
      "params": .number(Double(plan.parameterCount)), "loss": rounded(loss),
      "warmup_s": rounded(warming, 2), "plan_ms": rounded(planning, 2),
      "replan_ms": rounded(replanning, 2),
      "arena_bytes": .number(Double(plan.arenaBytes)), "engine": .string(EngineVersion.current),
    ]
  }

  /// Floating-point operations of a training step's convolutions and linear layers.
  private static func flops(_ graph: Graph, batch: Int) -> Int {
    graph.nodes.reduce(0) { total, node in
      guard let (_, inputs) = graph.operation(at: node), let first = inputs.first else {
        return total
      }
      let passes = graph.operation(at: first) == nil ? 2 : 3
      return total + 2 * graph.multiplications(at: node) * batch * passes
    }
  }

  /// Values with mean 0 and variance 1, and labels at random; the same in every run.
  static func fill(_ execution: Execution) {
    var generator = SeededGenerator(seed: 0)
    let spread = 3.0.squareRoot()
    for index in execution.inputs.indices {
      execution.inputs[index] = Float((2 * generator.unit() - 1) * spread)
    }
    for row in execution.labels.indices {
      execution.labels[row] = Int32(generator.below(execution.plan.classes))
    }
  }

  static func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  static func rounded(_ value: Double, _ digits: Int = 5) -> JSONValue {
    let scale = pow(10, Double(digits))
    return .number((value * scale).rounded() / scale)
  }
}
