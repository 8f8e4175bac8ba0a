/// Leaves out what the output does not depend on; the output becomes the last node.
enum KeepLive: GraphRule {
  static func apply(_ network: Network) -> Network {
    var isLive = Array(repeating: false, count: network.graph.count)
    isLive[network.output.index] = true
    for index in network.graph.entries.indices.reversed() where isLive[index] {
      for input in network.graph.entries[index].inputs { isLive[input.index] = true }
    }
    guard isLive.contains(false) || network.output.index != isLive.count - 1 else { return network }
    // A dead node is mapped to node 0, which nothing live reads in its stead.
    return network.rebuilt { graph, _, entry, old in
      isLive[old.index] ? graph.append(entry) : Graph.Node(index: 0)
    }
  }
}
