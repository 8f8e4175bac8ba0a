internal import CKernels

/// A network made ready to run: a training step and an inference pass over one arena.
package struct Plan: Sendable {
  package let batch: Int
  package let inputShape: Shape
  package let classes: Int
  package let optimizer: OptimizerRule
  package let kernels: KernelSet
  /// Learned values.
  package var parameterCount: Int { table.learnedCount }
  /// Bytes of the arena, known before anything is allocated and equal to what is used.
  package let arenaBytes: Int

  let table: ParameterTable
  /// Starts of the regions, in elements.
  let regions: [Region: Int]
  /// Of every thread.
  let training: [CallList]
  let inference: [CallList]
  /// Threads that share the images of a batch among them.
  package let threads: Int
  /// Offset of the logits after a training step and after an inference pass.
  let logits: (training: Int, inference: Int)
  /// Offset of the gradient of the inputs, where it was asked for.
  let inputGradient: Int?
  /// What the calls of both passes depend on.
  let gates: [Gate]
  /// The stretches of the parameter block, in elements from its start, and the gate of each.
  let stretches: [(range: Range<Int>, gate: Int)]

  /// Plans training and inference of the network that ends in `logits`.
  ///
  /// - Parameter threads: as many at most share the images of a batch; the same number gives the same
  ///   bits, another number rounds differently. Small networks stay on one.
  /// - Parameter architecture: the optimizer of architecture parameters; nil: the same as of all.
  /// - Throws: `ShapeError` when the graph has not exactly one input, when `logits` is not a
  ///   vector, when `batch` is out of range, or when this processor lacks the instruction set.
  package init(
    _ graph: Graph, logits: Graph.Node, batch: Int, optimizer: OptimizerRule,
    architecture: OptimizerRule? = nil, gradientClip: Float? = nil, isa: InstructionSet = .best,
    threads: Int = 1
  ) throws(ShapeError) {
    try self.init(
      graph, logits: logits, batch: batch, optimizer: optimizer, architecture: architecture,
      gradientClip: gradientClip, kernels: .fast(isa), threads: threads)
  }

  /// The same on chosen kernels; with `inputGradient`, the gradient of the inputs is computed too.
  ///
  /// - Parameter goal: what a training step is for; with any but `learning`, on one thread.
  package init(
    _ graph: Graph, logits: Graph.Node, batch: Int, optimizer: OptimizerRule,
    architecture: OptimizerRule? = nil, gradientClip: Float? = nil, kernels: KernelSet,
    threads: Int = 1, inputGradient: Bool = false, goal: Goal = .learning
  ) throws(ShapeError) {
    inputShape = try Plan.check(graph, logits, batch)
    table = try ParameterTable(graph)
    classes = graph.shape(of: logits).channels
    self.batch = batch
    let threads = inputGradient || goal != .learning ? 1 : Plan.useful(threads, graph, batch)
    self.threads = threads
    self.optimizer = optimizer
    self.kernels = kernels

    let kernelTable = try KernelTable(kernels)
    let rules = (weights: optimizer, architecture: architecture ?? optimizer)
    let passes = LoweredPasses(
      graph, logits: logits, table: table, batch: batch, threads: threads, rules: rules,
      gradientClip: gradientClip, inputGradient: inputGradient, goal: goal)
    let programs = (passes.training, passes.inference)
    let geometries = (Geometry(programs.0), Geometry(programs.1))
    var layout = ArenaLayout(
      table, inputs: batch * inputShape.count, logits: batch * classes, batch: batch,
      threads: threads,
      stateBlocks: max(rules.weights.stateBlocks, rules.architecture.stateBlocks))
    let placed = (layout.place(programs.0, geometries.0), layout.place(programs.1, geometries.1))
    var gates = GateTable()
    let meetings = (Meetings(programs.0), Meetings(programs.1))
    var lists: (training: [CallList], inference: [CallList]) = ([], [])
    for thread in 0..<threads {
      lists.training.append(
        CallList(
          programs.0, geometries.0, layout, placed.0, meetings: meetings.0, thread: thread,
          kernels: kernelTable, gates: &gates))
      lists.inference.append(
        CallList(
          programs.1, geometries.1, layout, placed.1, meetings: meetings.1, thread: thread,
          kernels: kernelTable, gates: &gates))
    }
    (self.training, self.inference) = lists
    stretches = passes.stretches.map { ($0.range, gates.number($0.gate)) }
    self.gates = gates.gates
    self.logits = (
      layout.offset(programs.0.root(passes.logits.training), placed.0),
      layout.offset(programs.1.root(passes.logits.inference), placed.1)
    )
    self.inputGradient = passes.inputGradient.map { layout.offset(programs.0.root($0), placed.0) }
    regions = Dictionary(
      uniqueKeysWithValues: Region.allCases.map { ($0, layout.start($0)) })
    arenaBytes = layout.extent * kernels.elementBytes
  }

  /// Of the threads on offer, how many are worth their waiting for each other: one, unless there is
  /// enough to multiply.
  static func useful(_ threads: Int, _ graph: Graph, _ batch: Int) -> Int {
    let least = 10_000_000  // multiplications of a forward pass
    guard threads > 1, graph.multiplications * batch >= least else { return 1 }
    return min(threads, batch)
  }

  static func check(
    _ graph: Graph, _ logits: Graph.Node, _ batch: Int
  ) throws(ShapeError) -> Shape {
    func refuse(_ message: String) -> ShapeError { ShapeError(operation: "plan", message: message) }
    let inputs = graph.entries.indices.filter { graph.entries[$0].isInput }
    guard inputs.count == 1 else {
      throw refuse("the graph has \(inputs.count) inputs; it must have exactly one")
    }
    guard graph.entries.indices.contains(logits.index) else {
      throw refuse("logits is node \(logits.index); the graph has \(graph.count) nodes")
    }
    let shape = graph.shape(of: logits)
    guard shape.height == 1, shape.width == 1 else {
      throw refuse("logits have shape \(shape); they must be 1×1×classes")
    }
    guard (1...1 << 20).contains(batch) else {
      throw refuse("batch is \(batch); it must be 1…1048576")
    }
    let largest = graph.entries.indices.reduce(0) { max($0, graph.entries[$1].shape.count) }
    guard largest > 0, largest <= (1 << 40) / batch else {
      throw refuse(
        "a layer has \(largest) values in each of \(batch) samples; it must be 1…2^40 in all")
    }
    return graph.entries[inputs[0]].shape
  }
}

extension Plan {
  /// Names of all parameters and running statistics, in the order of the graph.
  package var keys: [String] { table.entries.map(\.parameter.key) }

  /// Names of the parameters that training changes.
  package var learnedKeys: [String] {
    table.entries.filter(\.parameter.isLearned).map(\.parameter.key)
  }

  /// Names of the parameters that mix the branches of choices.
  package var architectureKeys: [String] { table.choices }

  /// Kernel calls of a training step and of an inference pass.
  package var callCount: (training: Int, inference: Int) {
    (training[0].count, inference[0].count)
  }

  /// Bytes that the plan itself takes, its calls above all.
  package var planBytes: Int {
    (training + inference).reduce(0) { $0 + $1.words.count * MemoryLayout<UInt64>.stride }
      + table.entries.count * MemoryLayout<ParameterTable.Entry>.stride
  }

  /// Bytes up to the end of the last view that any call has; at most `arenaBytes`.
  package var bytesReached: Int {
    ((training + inference).map(\.reach).max() ?? 0) * kernels.elementBytes
  }

  /// The shape PyTorch gives a parameter; nil when there is none of this name.
  package func shape(ofParameter key: String) -> [Int]? {
    table[key]?.parameter.layout.shape
  }
}
