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
  /// When each node runs.
  let gates: [Gate]
  var program: Program
  /// The node whose operation is speaking.
  var node = 0
  var results: [Value?]
  var adjoints: [Adjoint]
  var needsGradient: [Bool]
  var notes: [Int: Value] = [:]
  private var parameters: [String: Value] = [:]
  private var gradients: [String: Value] = [:]
  private var mixing: [String: Value] = [:]
  private var mixingGradients: [String: Value] = [:]
  private(set) var controls: Value
  /// When each learned parameter takes part: the gate of all nodes that hold it.
  private(set) var parameterGates: [String: Gate] = [:]

  init(
    _ network: Network, table: ParameterTable, batch: Int, threads: Int = 1, pass: Pass,
    inputNeedsGradient: Bool = false
  ) {
    let graph = network.graph
    self.graph = graph
    self.pass = pass
    self.batch = batch
    self.threads = threads
    program = Program(threads: threads)
    self.table = table
    gates = Gate.ofNodes(network, table)
    results = Array(repeating: nil, count: graph.count)
    adjoints = Array(repeating: Adjoint(), count: graph.count)
    needsGradient = graph.entries.map { $0.operation == nil && inputNeedsGradient }
    controls = program.value(
      Shape(channels: 1), rows: 1, home: .region(.controls, offset: 0), isDense: true)
    for (index, entry) in graph.entries.enumerated() {
      if let operation = entry.operation {
        let learned = operation.parameters(entry.inputs.map { graph.shape(of: $0) })
          .filter(\.isLearned)
        for parameter in learned {
          let gate = parameterGates[parameter.key]?.common(gates[index]) ?? gates[index]
          parameterGates[parameter.key] = gate
        }
        needsGradient[index] = !learned.isEmpty || entry.inputs.contains { needsGradient[$0.index] }
      } else {
        results[index] = program.value(
          entry.shape, rows: batch, home: .region(.inputs, offset: 0), isDense: true)
      }
    }
  }
}

// What operations use to speak of their own values.
extension Lowering {
  /// Shapes of the current node's inputs.
  var inputShapes: [Shape] { graph.entries[node].inputs.map { graph.shape(of: $0) } }

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
  var gate: Gate { gates[node] }

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

  /// A parameter's value.
  mutating func parameter(_ key: String) -> Value {
    if let value = parameters[key] { return value }
    let value = parameterValue(key) { $0 }
    parameters[key] = value
    return value
  }

  /// Where gradients of parameters are to be written, or added where another node shares the key.
  mutating func parameterGradients(_ targets: [(role: Int, key: String)]) -> [Instruction.Operand] {
    let isShared = targets.contains { gradients[$0.key] != nil }
    return targets.map { role, key in
      if let value = gradients[key] { return .update(role, value) }
      let value = parameterValue(key) { $0 == .parameters ? .gradients : $0 }
      gradients[key] = value
      let whole = parameterGates[key] ?? .open
      guard isShared || whole != gate else { return .write(role, value) }
      emit(CK_FILL, [.write(CK_V_Y, value)], gate: whole)
      return .update(role, value)
    }
  }

  /// The weights that a choice mixes its branches by; the first to ask emits their softmax.
  mutating func mixingWeights(_ key: String) -> Value {
    if let value = mixing[key] { return value }
    let value = parameterValue(key, in: .mixing)
    mixing[key] = value
    emit(
      CK_SOFTMAX, [.read(CK_V_X, parameter(key)), .write(CK_V_Y, value)],
      gate: .open.inside(.mixes(choice: table.choice(key))), isSingle: true)
    return value
  }

  /// Where the gradient of the mixing weights is to be written, or added.
  mutating func mixingGradient(_ key: String) -> Instruction.Operand {
    if let value = mixingGradients[key] { return .update(CK_V_DWEIGHT, value) }
    let value = parameterValue(key, in: .mixingGradients)
    mixingGradients[key] = value
    guard gate != .open else { return .write(CK_V_DWEIGHT, value) }
    emit(CK_FILL, [.write(CK_V_Y, value)], gate: .open, isSingle: true)
    return .update(CK_V_DWEIGHT, value)
  }

  /// Emits the gradients of the architecture parameters, once all mixtures are differentiated.
  mutating func lowerMixingGradients() {
    for key in table.choices {
      guard let gradient = mixingGradients[key], let weights = mixing[key] else { continue }
      emit(
        CK_SOFTMAX_GRAD,
        [
          .read(CK_V_X, weights), .read(CK_V_DY, gradient),
          .write(CK_V_DX, parameterValue(key) { $0 == .parameters ? .gradients : $0 }),
        ], gate: .open.inside(.mixes(choice: table.choice(key))), isSingle: true)
    }
  }

  private mutating func parameterValue(_ key: String, in region: Region) -> Value {
    guard let entry = table[key] else { preconditionFailure("no parameter has the key \(key)") }
    return program.value(
      Shape(channels: entry.parameter.layout.count), rows: 1,
      home: .region(region, offset: entry.offset - table.architectureStart), isDense: true)
  }

  private mutating func parameterValue(_ key: String, in region: (Region) -> Region) -> Value {
    guard let entry = table[key] else { preconditionFailure("no parameter has the key \(key)") }
    return program.value(
      Shape(channels: entry.parameter.layout.count), rows: 1,
      home: .region(region(entry.region), offset: entry.offset), isDense: true)
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
    _ kernel: ck_op, _ operands: [Instruction.Operand],
    integers: [(role: Int, value: Int)] = [], reals: [(role: Int, value: Double)] = [],
    gate: Gate? = nil, isSingle: Bool = false
  ) {
    var instruction = Instruction(kernel, operands, integers: integers, reals: reals)
    instruction.gate = gate ?? self.gate
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
      var operands = part.enumerated().map { Instruction.Operand.read($0, $1) }
      operands.append(isFirst ? .write(CK_V_SUM, total) : .update(CK_V_SUM, total))
      emit(
        CK_ADD, operands, integers: [(CK_I_COUNT, part.count)], gate: gate, isSingle: isSingle)
      isFirst = false
    }
  }
}
