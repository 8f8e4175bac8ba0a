package import Domain

/// Writes the live graph in Graphviz's language: operations with their shapes, scopes as clusters.
package struct DOTExporter: Exporter {
  package let id = "dot"
  package let summary = "The network as a Graphviz drawing; render it with `dot -Tsvg`."
  package let paper = ""
  package let parameters: [Parameter] = []
  package let mediaType = "text/vnd.graphviz"
  package let fileExtension = "dot"
  package let needsWeights = false

  package init() {}

  package func export(_ architecture: Architecture, weights: [UInt8]?) throws -> [UInt8] {
    let live = architecture.live
    let isLive = Set(live.map(\.id))
    var text = "digraph architecture {\n"
    text += "  label=\(quoted(title(of: architecture)));\n  labelloc=t;\n"
    text +=
      "  fontname=\"Helvetica\";\n  node [shape=box, style=rounded, fontname=\"Helvetica\"];\n"
    let root = Cluster(path: [], nodes: live.map { ($0, $0.scope.split(separator: ".")[...]) })
    write(root, indent: "  ", to: &text)
    for node in live {
      for input in node.inputs where isLive.contains(input) {
        text += "  n\(input) -> n\(node.id);\n"
      }
    }
    return Array((text + "}\n").utf8)
  }

  private func title(of architecture: Architecture) -> String {
    let dead = architecture.dead.count
    return "\(architecture.space.name)  \(architecture.code)\n"
      + "\(architecture.parameters) parameters, \(architecture.macs) macs"
      + (dead == 0 ? "" : "; \(dead) nodes on no path from input to output left out")
  }

  /// Nodes below one scope; the rest of each node's path is what stands below it.
  private struct Cluster {
    let path: [Substring]
    let nodes: [(node: Architecture.Node, rest: ArraySlice<Substring>)]

    /// Nodes that stand here themselves, and the clusters below, in the order of their first nodes.
    var parts: (own: [Architecture.Node], inner: [Cluster]) {
      var own: [Architecture.Node] = []
      var order: [Substring] = []
      var groups: [Substring: [(node: Architecture.Node, rest: ArraySlice<Substring>)]] = [:]
      for (node, rest) in nodes {
        guard rest.count > 1, let head = rest.first else {
          own.append(node)
          continue
        }
        if groups[head] == nil { order.append(head) }
        groups[head, default: []].append((node, rest.dropFirst()))
      }
      return (own, order.map { Cluster(path: path + [$0], nodes: groups[$0] ?? []) })
    }
  }

  private func write(_ cluster: Cluster, indent: String, to text: inout String) {
    let (own, inner) = cluster.parts
    for node in own { text += indent + line(of: node) }
    for part in inner {
      // A scope that only holds one other scope, or one node, gets no box of its own.
      let (partOwn, partInner) = part.parts
      if part.nodes.count == 1 || (partOwn.isEmpty && partInner.count == 1) {
        write(part, indent: indent, to: &text)
        continue
      }
      let name = part.path.joined(separator: ".")
      text += "\(indent)subgraph \(quoted("cluster_" + name)) {\n"
      text += "\(indent)  label=\(quoted(name)); color=gray; fontcolor=gray30; labeljust=l;\n"
      write(part, indent: indent + "  ", to: &text)
      text += "\(indent)}\n"
    }
  }

  private func line(of node: Architecture.Node) -> String {
    let title = node.inputs.isEmpty ? "input" : node.layer.caption
    let tip = node.parameters > 0 ? "\(node.scope): \(node.parameters) parameters" : node.scope
    return "n\(node.id) [label=\(quoted("\(title)\n\(node.shape)")), tooltip=\(quoted(tip))];\n"
  }

  /// A Graphviz string: quotes and backslashes escaped, line feeds as `\n`.
  private func quoted(_ text: String) -> String {
    var result = "\""
    for character in text {
      switch character {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      default: result.append(character)
      }
    }
    return result + "\""
  }
}

extension Layer {
  /// The operation and its sizes in a few words: `conv2d 3×3, 16, stride 2`.
  fileprivate var caption: String {
    switch self {
    case .conv2d(let filters, let kernel, let stride, let dilation, let groups, _, _):
      "\(name) \(kernel.height)×\(kernel.width), \(filters)"
        + (stride == Extent(1) ? "" : ", stride \(stride.height)×\(stride.width)")
        + (dilation == 1 ? "" : ", dilation \(dilation)")
        + (groups == 1 ? "" : ", groups \(groups)")
    case .maxPool(let kernel, let stride, _), .averagePool(let kernel, let stride, _):
      "\(name) \(kernel)×\(kernel)" + (stride == 1 ? "" : ", stride \(stride)")
    case .linear(let units, _): "\(name) \(units)"
    case .dropout(let rate), .dropPath(let rate): "\(name) \(rate)"
    case .shiftedConv(let filters, let stride, let shift):
      "\(name) → \(filters) / \(stride) from \(shift)"
    default: name
    }
  }
}
