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
  let training: CallList
  let inference: CallList
  /// Offset of the logits after a training step and after an inference pass.
  let logits: (training: Int, inference: Int)
  /// Offset of the gradient of the inputs, where it was asked for.
  let inputGradient: Int?

  /// Plans training and inference of the network that ends in `logits`.
  ///
  /// - Throws: `ShapeError` when the graph has not exactly one input, when `logits` is not a
  ///   vector, when `batch` is out of range, or when this processor lacks the instruction set.
  package init(
    _ graph: Graph, logits: Graph.Node, batch: Int, optimizer: OptimizerRule,
    gradientClip: Float? = nil, isa: InstructionSet = .best
  ) throws(ShapeError) {
    try self.init(
      graph, logits: logits, batch: batch, optimizer: optimizer, gradientClip: gradientClip,
      kernels: .fast(isa))
  }

  /// The same on chosen kernels; with `inputGradient`, the gradient of the inputs is computed too.
  package init(
    _ graph: Graph, logits: Graph.Node, batch: Int, optimizer: OptimizerRule,
    gradientClip: Float? = nil, kernels: KernelSet, inputGradient: Bool = false
  ) throws(ShapeError) {
    inputShape = try Plan.check(graph, logits, batch)
    table = try ParameterTable(graph)
    classes = graph.shape(of: logits).channels
    self.batch = batch
    self.optimizer = optimizer
    self.kernels = kernels

    let network = Network(graph: graph, output: logits).simplified()
    var training = Lowering(
      network.graph, table: table, batch: batch, pass: .training,
      inputNeedsGradient: inputGradient)
    training.lowerForward()
    let trainingLogits = training.lowerLoss()
    training.lowerBackward()
    let gradient = inputGradient ? training.lowerInputGradient() : nil
    training.lowerUpdate(optimizer, gradientClip: gradientClip)
    var inference = Lowering(network.graph, table: table, batch: batch, pass: .inference)
    inference.lowerForward()
    let inferenceLogits = inference.lowerLoss()

    let programs = (training.program.fused(), inference.program.fused())
    let geometries = (Geometry(programs.0), Geometry(programs.1))
    var layout = ArenaLayout(
      table, inputs: batch * inputShape.count, batch: batch, rule: optimizer)
    let placed = (layout.place(programs.0, geometries.0), layout.place(programs.1, geometries.1))
    self.training = try CallList(programs.0, geometries.0, layout, placed.0, kernels: kernels)
    self.inference = try CallList(programs.1, geometries.1, layout, placed.1, kernels: kernels)
    self.logits = (
      layout.offset(programs.0.root(trainingLogits), placed.0),
      layout.offset(programs.1.root(inferenceLogits), placed.1)
    )
    self.inputGradient = gradient.map { layout.offset(programs.0.root($0), placed.0) }
    regions = layout.regions
    arenaBytes = layout.extent * kernels.elementBytes
  }

  private static func check(
    _ graph: Graph, _ logits: Graph.Node, _ batch: Int
  ) throws(ShapeError) -> Shape {
    func refuse(_ message: String) -> ShapeError { ShapeError(operation: "plan", message: message) }
    let inputs = graph.entries.filter { $0.operation == nil }
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
    let largest = graph.entries.map(\.shape.count).max() ?? 0
    guard largest > 0, largest <= (1 << 40) / batch else {
      throw refuse(
        "a layer has \(largest) values in each of \(batch) samples; it must be 1…2^40 in all")
    }
    return inputs[0].shape
  }
}

extension Plan {
  /// Names of all parameters and running statistics, in the order of the graph.
  package var keys: [String] { table.entries.map(\.parameter.key) }

  /// Names of the parameters that training changes.
  package var learnedKeys: [String] {
    table.entries.filter(\.parameter.isLearned).map(\.parameter.key)
  }

  /// Kernel calls of a training step and of an inference pass.
  package var callCount: (training: Int, inference: Int) {
    (training.calls.count, inference.calls.count)
  }

  /// Bytes up to the end of the last view that any call has; at most `arenaBytes`.
  package var bytesReached: Int {
    max(training.reach, inference.reach) * kernels.elementBytes
  }

  /// The shape PyTorch gives a parameter; nil when there is none of this name.
  package func shape(ofParameter key: String) -> [Int]? {
    table[key]?.parameter.layout.shape
  }
}
