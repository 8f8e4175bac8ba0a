internal import Domain
internal import Engine

/// Says what a training step of a workload holds when it holds the most; one JSON object a line.
///
/// `peak_bytes` is what lies in the arena beside parameters, gradients and momenta, inputs and labels
/// counted; `live_bytes` is what is alive at the peak, below which no placement can go.
enum EngineMemory {
  /// The peak of a workload and its buffers above a hundredth of it.
  static func run(
    _ workload: EngineWorkload, isa: InstructionSet, threads: Int
  ) throws -> JSONValue {
    var graph = Graph()
    let logits = try workload.build(&graph)
    let rule = OptimizerRule.sgd(momentum: 0.9, nesterov: false, weightDecay: 5e-4)
    let plan = try Plan(
      graph, logits: logits, batch: workload.batch, optimizer: rule, isa: isa, threads: threads)
    let peak = try Plan.peak(
      graph, logits: logits, batch: workload.batch, optimizer: rule, threads: threads)
    let buffers = peak.buffers.filter { $0.bytes * 100 >= peak.bytes }.map { buffer in
      JSONValue.object([
        "bytes": number(buffer.bytes), "shape": .string(buffer.shape.description),
        "halo": number(buffer.halo), "kernel": number(buffer.kernel),
        "first": number(buffer.first), "last": number(buffer.last),
      ])
    }
    return [
      "name": .string(workload.name), "threads": number(threads),
      "arena_bytes": number(plan.arenaBytes),
      "peak_bytes": number(plan.arenaBytes - 3 * 4 * plan.parameterCount),
      "live_bytes": number(peak.bytes), "peak_call": number(peak.position),
      "calls": number(peak.calls), "buffers": .array(buffers),
    ]
  }

  private static func number(_ value: Int) -> JSONValue { .number(Double(value)) }
}
