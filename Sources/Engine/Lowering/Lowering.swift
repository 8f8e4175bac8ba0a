internal import CKernels

/// What an operation sees while it emits its instructions: its own values, by the part they play.
package struct Lowering: Sendable {
  /// What a pass is for.
  enum Pass: Sendable {
    /// Forward, backward and update, on the statistics of the batch.
    case training
    /// Forward alone, on running statistics.
    case inference
  }

  /// The gradient of a node while its readers are being differentiated.
  struct Adjoint: Sendable {
    /// The sum of what was computed for this node alone.
    var own: Value?
    /// Gradients of other nodes that are also, unchanged, parts of this one's.
    var shared: [Value] = []
  }

  let graph: Graph
  let pass: Pass
  let batch: Int
  /// Threads that share the images of a batch among them.
  let threads: Int
  let table: ParameterTable
  let facts: NodeFacts
  var program: Program
  /// The node whose operation is speaking.
  var node = 0
  var results: [Value?]
  var adjoints: [Adjoint]
  var needsGradient: [Bool]
  /// By node: what its forward pass leaves for its backward pass.
  var notes: [Value?]
  /// By the place of a parameter in the table.
  private var parameters: [Value?]
  private var gradients: [Value?]
  /// By choice.
  private var mixing: [Value?]
  private var mixingGradients: [Value?]
  private(set) var controls: Value

  init(
    _ network: Network, table: ParameterTable, facts: NodeFacts, batch: Int, threads: Int = 1,
    pass: Pass, inputNeedsGradient: Bool = false
  ) {
    let graph = network.graph
    self.graph = graph
    self.pass = pass
    self.batch = batch
    self.threads = threads
    program = Program(threads: threads)
    program.reserve(nodes: graph.count, isTraining: pass == .training)
    self.table = table
    self.facts = facts
    results = Array(repeating: nil, count: graph.count)
    adjoints = Array(repeating: Adjoint(), count: graph.count)
    notes = Array(repeating: nil, count: graph.count)
    parameters = Array(repeating: nil, count: table.entries.count)
    gradients = parameters
    mixing = Array(repeating: nil, count: table.choices.count)
    mixingGradients = mixing
    needsGradient = facts.learns
    controls = program.value(
      Shape(channels: 1), rows: 1, home: .region(.controls, offset: 0), isDense: true)
    for index in graph.entries.indices {
      let isInput = graph.entries[index].isInput
      if inputNeedsGradient {
        needsGradient[index] =
          needsGradient[index] || isInput
          || graph.entries[index].inputs.contains { needsGradient[$0.index] }
      }
      if isInput {
        results[index] = program.value(
          graph.entries[index].shape, rows: batch, home: .region(.inputs, offset: 0), isDense: true)
      }
    }
  }
}

// What operations use to speak of their own values.
extension Lowering {
  /// Shapes of the current node's inputs.
  var inputShapes: [Shape] { graph.entries[node].inputs.map { graph.shape(of: $0) } }

  /// The shape of one of them.
  func inputShape(_ position: Int = 0) -> Shape {
    graph.shape(of: graph.entries[node].inputs[position])
  }

  var outputShape: Shape { graph.entries[node].shape }

  var inputCount: Int { graph.entries[node].inputs.count }

  /// The value that comes in at one of the inputs.
  mutating func input(_ position: Int = 0) -> Value {
    result(of: graph.entries[node].inputs[position].index)
  }

  /// The value that the operation computes.
  mutating func output() -> Value {
    result(of: node)
  }

  /// Says that the result is the input itself; nothing is computed.
  mutating func passOn() {
    results[node] = input()
  }

  /// When the current node runs.
  var gate: Gate { facts.gates[node] }

  /// Positions in all samples of a batch.
  func pixels(_ shape: Shape) -> Int { batch * shape.height * shape.width }

  /// A vector of which every thread has a part.
  mutating func partial(_ count: Int) -> Value {
    let value = program.value(Shape(channels: count), rows: 1)
    program[value].isPartial = true
    return value
  }

  /// A vector, with a part for every thread, that the backward pass of this node shall find again.
  mutating func note(_ count: Int) -> Value {
    if let value = notes[node] { return value }
    let value = partial(count)
    notes[node] = value
    return value
  }

  /// The value of a parameter of the current node, by its place in the operation's list.
  mutating func parameter(_ position: Int) -> Value {
    let place = place(position)
    if let value = parameters[place] { return value }
    let value = parameterValue(place, in: table.entries[place].region)
    parameters[place] = value
    return value
  }

  /// Where gradients of parameters are to be written, or added where another node shares the key.
  mutating func parameterGradients(
    _ targets: [(role: Int, position: Int)]
  ) -> Operands {
    let isShared = targets.contains { gradients[place($0.position)] != nil }
    var operands: Operands = []
    for (role, position) in targets {
      let place = place(position)
      if let value = gradients[place] {
        operands.append(.update(role, value))
        continue
      }
      let value = gradientValue(place)
      gradients[place] = value
      let whole = facts.parameterGates[place]
      guard isShared || whole != gate else {
        operands.append(.write(role, value))
        continue
      }
      emit(CK_FILL, [.write(CK_V_Y, value)], gate: whole)
      operands.append(.update(role, value))
    }
    return operands
  }

  /// The choice whose mixing weights the current node begins its parameters with.
  var choice: Int {
    guard let choice = table.entries[place(0)].choice else {
      preconditionFailure("node \(node) makes no choice")
    }
    return choice
  }

  /// The weights that the current node's choice mixes its branches by; the first to ask emits their
  /// softmax.
  mutating func mixingWeights() -> Value {
    let choice = choice
    if let value = mixing[choice] { return value }
    let value = parameterValue(place(0), in: .mixing)
    mixing[choice] = value
    emit(
      CK_SOFTMAX, [.read(CK_V_X, parameter(0)), .write(CK_V_Y, value)],
      gate: .open.inside(.mixes(choice: choice)), isSingle: true)
    return value
  }

  /// Where the gradient of the mixing weights is to be written, or added.
  mutating func mixingGradient() -> Instruction.Operand {
    let choice = choice
    if let value = mixingGradients[choice] { return .update(CK_V_DWEIGHT, value) }
    let value = parameterValue(place(0), in: .mixingGradients)
    mixingGradients[choice] = value
    guard gate != .open else { return .write(CK_V_DWEIGHT, value) }
    emit(CK_FILL, [.write(CK_V_Y, value)], gate: .open, isSingle: true)
    return .update(CK_V_DWEIGHT, value)
  }

  /// Emits the gradients of the architecture parameters, once all mixtures are differentiated.
  mutating func lowerMixingGradients() {
    for (place, entry) in table.entries.enumerated() {
      guard let choice = entry.choice, let gradient = mixingGradients[choice],
        let weights = mixing[choice]
      else { continue }
      emit(
        CK_SOFTMAX_GRAD,
        [
          .read(CK_V_X, weights), .read(CK_V_DY, gradient), .write(CK_V_DX, gradientValue(place)),
        ], gate: .open.inside(.mixes(choice: choice)), isSingle: true)
    }
  }

  /// The place in the table of one of the current node's parameters.
  private func place(_ position: Int) -> Int { graph.entries[node].parameters[position] }

  private mutating func gradientValue(_ place: Int) -> Value {
    let region = table.entries[place].region
    return parameterValue(place, in: region == .parameters ? .gradients : region)
  }

  private mutating func parameterValue(_ place: Int, in region: Region) -> Value {
    let entry = table.entries[place]
    let start = region == .mixing || region == .mixingGradients ? table.architectureStart : 0
    return program.value(
      Shape(channels: entry.parameter.layout.count), rows: 1,
      home: .region(region, offset: entry.offset - start), isDense: true)
  }

  private mutating func result(of index: Int) -> Value {
    if let value = results[index] { return value }
    let value = program.value(graph.entries[index].shape, rows: batch)
    results[index] = value
    return value
  }
}

// Emission.
extension Lowering {
  /// Appends a kernel call; operands that are updated make it accumulate.
  mutating func emit(
    _ kernel: ck_op, _ operands: Operands,
    integers: CallIntegers = [], reals: CallReals? = nil,
    gate: Gate? = nil, isSingle: Bool = false
  ) {
    var instruction = Instruction(kernel, operands, integers: integers)
    if let reals { instruction.reals = program.number(of: reals) }
    instruction.gate = program.number(of: gate ?? self.gate)
    instruction.isSingle = isSingle
    for operand in operands where operand.access == .update {
      guard let flag = kernel.accumulateFlag(operand.role) else { continue }
      instruction.set(flag, 1)
    }
    program.instructions.append(instruction)
  }

  /// Emits the sum of values, in as many calls as the kernel's number of inputs makes needed.
  mutating func sum(
    _ values: [Value], into total: Value, adding: Bool = false, gate: Gate? = nil,
    isSingle: Bool = false
  ) {
    let limit = 6
    var isFirst = !adding
    for start in stride(from: 0, to: values.count, by: limit) {
      let part = values[start..<min(start + limit, values.count)]
      var operands = Operands(part.enumerated().map { .read($0, $1) })
      operands.append(isFirst ? .write(CK_V_SUM, total) : .update(CK_V_SUM, total))
      emit(
        CK_ADD, operands, integers: [(CK_I_COUNT, part.count)], gate: gate, isSingle: isSingle)
      isFirst = false
    }
  }
}
