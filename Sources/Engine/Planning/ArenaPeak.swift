internal import CKernels

/// What a training step holds, beside parameters and batch, when it holds the most; for who wants to
/// know where memory goes.
package struct ArenaPeak: Sendable {
  /// A buffer that is alive at the peak.
  package struct Buffer: Sendable {
    package let bytes: Int
    package let shape: Shape
    /// Zeros kept on every side.
    package let halo: Int
    /// The number (`ck_op`) of the kernel that first writes it, and where in the step.
    package let kernel: Int
    package let first: Int
    /// Where in the step it is last touched.
    package let last: Int
  }

  /// Position of the peak, and calls of the step.
  package let position: Int
  package let calls: Int
  /// Bytes that are alive at the peak, scratch counted: no placement can do with less.
  package let bytes: Int
  /// The largest first.
  package let buffers: [Buffer]

  /// Of one thread's own buffers.
  init(_ program: Program, elementBytes: Int) {
    let geometry = Geometry(program)
    let spans = program.spans(geometry.roots)
    var live = program.instructions.map { $0.scratchElements(geometry) } + [0]
    for (index, span) in spans.enumerated() where program.values[index].home == .arena {
      let elements = geometry.elements(Value(index: index))
      for time in span.times { live[time] += elements }
    }
    let peak = live.indices.max { (live[$0], $1) < (live[$1], $0) } ?? 0
    var buffers: [Buffer] = []
    for (index, span) in spans.enumerated() where program.values[index].home == .arena {
      guard span.times.contains(peak) else { continue }
      let value = Value(index: index)
      buffers.append(
        Buffer(
          bytes: geometry.elements(value) * elementBytes, shape: program[value].shape,
          halo: geometry.halo(value),
          kernel: Int(program.instructions[span.first].kernel.rawValue),
          first: span.first, last: span.last))
    }
    position = peak
    calls = program.instructions.count
    bytes = live[peak] * elementBytes
    self.buffers = buffers.sorted { ($1.bytes, $0.first) < ($0.bytes, $1.first) }
  }
}

extension Plan {
  /// Plans anew what `init` plans, and says what its training step holds at its peak.
  ///
  /// - Throws: as `init` does.
  package static func peak(
    _ graph: Graph, logits: Graph.Node, batch: Int, optimizer: OptimizerRule, threads: Int = 1
  ) throws(ShapeError) -> ArenaPeak {
    _ = try check(graph, logits, batch)
    let passes = LoweredPasses(
      graph, logits: logits, table: try ParameterTable(graph), batch: batch,
      threads: useful(threads, graph, batch), rules: (optimizer, optimizer), gradientClip: nil,
      inputGradient: false)
    return ArenaPeak(passes.training, elementBytes: 4)
  }
}
