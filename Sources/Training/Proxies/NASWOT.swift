internal import Architectures
internal import Domain
internal import Engine

/// How differently the samples of a minibatch are seen: by which units each of them switches on.
///
/// The code of a sample says of every value that enters a ReLU whether it is positive. With d values and
/// H the number of places where two codes differ, the kernel of two samples is d − H; the score is the
/// logarithm of its determinant. Two samples of one code make it singular: the floor.
/// - Source: Mellor et al. 2021, "Neural Architecture Search without Training", arXiv:2006.04647.
enum NASWOT {
  static let entry = Proxy(
    "naswot", "Log-determinant of the kernel of the samples' codes of active units.",
    paper: "Mellor et al. 2021, arXiv:2006.04647"
  ) { probe in
    LogDeterminant(try kernel(probe)).value
  }

  /// Values that are read at once at most, over all samples: 64 MB of floats.
  private static let mostValues = 1 << 24

  /// A value that enters ReLUs, and how many.
  private struct Source {
    let node: Graph.Node
    /// One of the ReLUs.
    let activated: Graph.Node
    var readers = 1
  }

  /// The kernel of all pairs of samples, row by row.
  static func kernel(_ probe: ProxyProbe) throws -> [[Double]] {
    let (graph, places) = try probe.architecture.places(normalises: true)
    var sources: [Source] = []
    for node in probe.architecture.nodes where node.layer == .relu {
      guard let activated = places[node.id],
        let source = graph.operation(at: activated)?.inputs.first
      else { continue }
      if let known = sources.firstIndex(where: { $0.node == source }) {
        sources[known].readers += 1
      } else {
        sources.append(Source(node: source, activated: activated))
      }
    }
    var kernel = [[Double]](
      repeating: [Double](repeating: 0, count: probe.batch), count: probe.batch)
    var start = 0
    while start < sources.count {
      var end = start
      var values = 0
      while end < sources.count {
        let more = graph.shape(of: sources[end].activated).count
        if end > start, (values + more) * probe.batch > mostValues { break }
        values += more
        end += 1
      }
      try add(sources[start..<end], graph, probe, to: &kernel)
      start = end
    }
    return kernel
  }

  /// Reads what some ReLUs hand on, side by side, in one pass: positive where what enters them is.
  private static func add(
    _ sources: ArraySlice<Source>, _ graph: Graph, _ probe: ProxyProbe,
    to kernel: inout [[Double]]
  ) throws {
    var graph = graph
    let flat = try sources.map { try graph.apply(Flatten(), [$0.activated]) }
    let logits = flat.count == 1 ? flat[0] : try graph.apply(Concat(), flat)
    let execution = try probe.execution(graph, logits, goal: .forward)
    _ = execution.pass()
    let values = execution.logits
    let width = execution.plan.classes
    var first = 0
    for source in sources {
      let count = graph.shape(of: source.activated).count
      let codes = (0..<probe.batch).map {
        code(values[$0 * width + first..<$0 * width + first + count])
      }
      for row in codes.indices {
        for column in 0...row {
          let apart = zip(codes[row], codes[column]).reduce(0) {
            $0 + ($1.0 ^ $1.1).nonzeroBitCount
          }
          let likeness = Double(source.readers * (count - apart))
          kernel[row][column] += likeness
          if column < row { kernel[column][row] += likeness }
        }
      }
      first += count
    }
  }

  /// One bit a value: whether it is positive.
  private static func code(_ values: Slice<UnsafeBufferPointer<Float>>) -> [UInt64] {
    var words = [UInt64](repeating: 0, count: (values.count + 63) / 64)
    for (place, value) in values.enumerated() where value > 0 {
      words[place / 64] |= 1 << UInt64(place % 64)
    }
    return words
  }
}
