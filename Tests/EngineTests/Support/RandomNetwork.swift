import Engine

/// A network drawn from a seed: layers on top of any layers before, so that all rules of fusion meet.
struct RandomNetwork {
  /// Leaves out what behaves differently in training and in inference.
  let isDeterministic: Bool
  private var random: SplitMix
  private var nodes: [Graph.Node] = []
  private var count = 0

  init(seed: UInt64, isDeterministic: Bool) {
    random = SplitMix(seed)
    self.isDeterministic = isDeterministic
  }

  static func subject(seed: UInt64, isDeterministic: Bool = false) -> CheckOperation {
    var random = SplitMix(seed &* 77)
    let shape = (
      Int(3 + random.next() % 5), Int(3 + random.next() % 12), Int(1 + random.next() % 3)
    )
    return CheckOperation("random network \(seed)", shape, batch: 2) { graph, input in
      var network = RandomNetwork(seed: seed, isDeterministic: isDeterministic)
      return try network.build(&graph, input)
    }
  }

  private mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

  private mutating func pick() -> Graph.Node {
    // Later nodes are likelier, so that networks become deep.
    nodes[max(below(nodes.count), below(nodes.count))]
  }

  private mutating func build(_ graph: inout Graph, _ input: Graph.Node) throws -> Graph.Node {
    nodes = [input]
    for _ in 0..<14 { nodes.append(try layer(&graph)) }
    // The last layers, so that little is dead, and the input, from which zeros may cut them off.
    let pooled = try ([input] + nodes.suffix(5)).map { try graph.apply(GlobalAveragePool(), [$0]) }
    let last = nodes[nodes.count - 1]
    return try graph.apply(
      Concat(), pooled + [graph.apply(Linear(units: 2, key: "tail"), [last])])
  }

  private mutating func layer(_ graph: inout Graph) throws -> Graph.Node {
    count += 1
    let key = "l\(count)"
    let from = pick()
    let shape = graph.shape(of: from)
    switch below(isDeterministic ? 14 : 17) {
    case 0, 1:
      let kernel = 1 + 2 * below(2)
      return try graph.apply(
        Conv2D(
          filters: 1 + below(4), kernel: (kernel, kernel), padding: (kernel / 2, kernel / 2),
          bias: below(2) == 0, key: key), [from])
    case 2:
      return try graph.apply(
        Conv2D(
          filters: shape.channels, kernel: (3, 3), stride: (1 + below(2), 1), dilation: 1,
          groups: shape.channels, padding: (1, 1), key: key), [from])
    case 3, 4: return try graph.apply(ReLU(), [from])
    case 5: return try graph.apply(MaxPool(kernel: 3, stride: 1 + below(2), padding: 1), [from])
    case 6: return try graph.apply(AveragePool(kernel: 3, stride: 1, padding: 1), [from])
    case 7, 8:
      let like = nodes.filter { graph.shape(of: $0) == shape }
      return try graph.apply(Add(), (0..<2 + below(3)).map { _ in like[below(like.count)] })
    case 9:
      let like = nodes.filter {
        let other = graph.shape(of: $0)
        return other.height == shape.height && other.width == shape.width && other.channels < 9
      }
      guard !like.isEmpty else { return from }
      return try graph.apply(Concat(), (0..<1 + below(3)).map { _ in like[below(like.count)] })
    case 10:
      return try graph.apply(
        SpatialPad(height: shape.height + below(2), width: shape.width + below(3)), [from])
    case 11: return try graph.apply(below(3) == 0 ? Zero(stride: 1) : Zero(stride: 2), [from])
    case 12:
      let start = below(shape.channels)
      return try graph.apply(
        ChannelSlice(start: start, count: 1 + below(shape.channels - start)), [from])
    case 13:
      let groups = (1...4).filter { shape.channels.isMultiple(of: $0) }
      return try graph.apply(ChannelShuffle(groups: groups[below(groups.count)]), [from])
    case 14: return try graph.apply(Dropout(rate: 0.25), [from])
    default: return try graph.apply(BatchNorm(affine: below(2) == 0, key: key), [from])
    }
  }
}
