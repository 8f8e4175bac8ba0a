internal import CLinux
internal import Domain
internal import Engine
internal import Foundation
internal import Worker

/// Times what comes before a candidate's first step: its graph and its plan, without weights.
enum EnginePlans {
  /// One line: the first plan of the process, and the median and least of many, in processor time.
  static func run(
    _ workload: EngineWorkload, isa: InstructionSet, threads: Int, seconds: Double
  ) throws -> JSONValue {
    func planned() throws -> (plan: Plan, nodes: Int, graph: Double, whole: Double) {
      let start = EngineBench.processorSeconds()
      var graph = Graph()
      let logits = try workload.build(&graph)
      let middle = EngineBench.processorSeconds()
      let plan = try Plan(
        graph, logits: logits, batch: workload.batch,
        optimizer: .sgd(momentum: 0.9, nesterov: false, weightDecay: 5e-4), isa: isa,
        threads: threads)
      let end = EngineBench.processorSeconds()
      return (plan, graph.count, 1000 * (middle - start), 1000 * (end - start))
    }
    // As in a worker.
    _ = csystem_keep_heap(Int32(WorkerLoop.Settings().keptBytes))
    let first = try planned()
    var (wholes, graphs): ([Double], [Double]) = ([], [])
    let end = ContinuousClock.now + .seconds(seconds)
    while wholes.count < 7 || (ContinuousClock.now < end && wholes.count < 10_000) {
      let next = try planned()
      wholes.append(next.whole)
      graphs.append(next.graph)
    }
    wholes.sort()
    graphs.sort()
    let calls = first.plan.callCount
    return [
      "name": .string(workload.name), "mode": .string(isa.rawValue),
      "threads_used": .number(Double(first.plan.threads)),
      "first_ms": EngineBench.rounded(first.whole, 3),
      "median_ms": EngineBench.rounded(wholes[wholes.count / 2], 3),
      "min_ms": EngineBench.rounded(wholes[0], 3),
      "graph_ms": EngineBench.rounded(graphs[graphs.count / 2], 3),
      "n": .number(Double(wholes.count)), "nodes": .number(Double(first.nodes)),
      "training_calls": .number(Double(calls.training)),
      "inference_calls": .number(Double(calls.inference)),
      "plan_bytes": .number(Double(first.plan.planBytes)),
      "arena_bytes": .number(Double(first.plan.arenaBytes)),
      "engine": .string(EngineVersion.current),
    ]
  }
}
