internal import ArgumentParser
internal import Engine

/// `atelier bench engine`: whole training steps, or single operations, through the engine's public surface.
struct BenchEngineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "engine", abstract: "Time training steps; one JSON object a line.")

  @Option(help: "Comma list of parts of workload names.")
  var only = ""

  @Option(help: "Comma list of thread counts.")
  var threads = "1"

  @Option(help: "avx512, avx2 or generic; the best of this CPU by default.")
  var isa: String?

  @Option(help: "Seconds of one measurement.")
  var seconds = 3.0

  @Flag(help: "Print the losses of 30 steps from a formula's start, and no times.")
  var curve = false

  @Flag(help: "Time single operations (op_*, gemm_*) in place of steps, on one thread.")
  var ops = false

  @Flag(help: "Print what every workload's training step holds at its peak, and no times.")
  var memory = false

  @Flag(help: "Time graphs and plans, of larger networks too, and no steps.")
  var plans = false

  @Flag(help: "Time the kernels of a step, on one thread: in their turn, and repeated.")
  var kernels = false

  func run() throws {
    let set = isa.flatMap(InstructionSet.init)
    guard isa == nil || set != nil else {
      throw ValidationError("--isa \(isa ?? "") is not avx512, avx2 or generic")
    }
    let counts = threads.split(separator: ",").compactMap { Int($0) }
    guard !counts.isEmpty, counts.allSatisfy({ $0 > 0 }) else {
      throw ValidationError("--threads \(threads) must be like 1,2")
    }
    let words = only.split(separator: ",").map(String.init)
    if ops {
      try EngineBench.runOperators(only: words, isa: set ?? .best, seconds: seconds)
    } else {
      try EngineBench.run(
        only: words, threads: counts, isa: set ?? .best, seconds: seconds,
        kind: plans ? .plans : memory ? .memory : curve ? .curve : kernels ? .kernels : .times)
    }
  }
}
