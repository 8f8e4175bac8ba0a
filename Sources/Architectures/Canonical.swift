internal import Domain

/// The canonical form of a network: equal for networks that compute the same with the same weights'
/// shapes, whatever the order, the skips and the dead parts they were written with.
///
/// Dead parts are cut, identities spliced, nested sums made one multiset of terms (a term added twice
/// counts twice), and each value is known by the hash of what it computes; concatenation keeps its
/// order. Sharing is not told from repetition, as in the benchmark's own strings.
enum Canonical {
  /// A value as a sum: distinct terms in the order of their hashes, each with how often it is added.
  private typealias Terms = [(hash: StructuralHash, count: UInt64)]

  /// `a1-` and 32 hexadecimal digits.
  ///
  /// - Complexity: O(nodes + edges), times the terms of a sum.
  static func fingerprint(
    _ nodes: [Architecture.Node], output: Int, liveness: Liveness, input: TensorShape,
    classes: Int
  ) -> String {
    var text = "a1 \(input) \(classes)"
    if liveness.isLive[output] {
      let root = self.root(nodes, output: output, liveness: liveness)
      text += " \(root.high) \(root.low)"
    } else {
      text += " no path"
    }
    return "a1-" + Digest.sha256(text).prefix(32)
  }

  private static func root(
    _ nodes: [Architecture.Node], output: Int, liveness: Liveness
  ) -> StructuralHash {
    var values = [Terms](repeating: [], count: nodes.count)
    for node in nodes where liveness.isLive[node.id] {
      let inputs = liveness.inputs(of: node)
      if node.layer == .add {
        values[node.id] = sum(inputs.map { values[$0] })
      } else if passesOn(node.layer), inputs.count == 1 {
        values[node.id] = values[inputs[0]]
      } else {
        var hash = StructuralHash(1)
        node.layer.append(to: &hash)
        if inputs.isEmpty {
          for extent in [node.shape.height, node.shape.width, node.shape.channels] {
            hash.append(extent)
          }
        }
        for input in inputs { hash.append(self.hash(of: values[input])) }
        values[node.id] = [(hash, 1)]
      }
    }
    return hash(of: values[output])
  }

  /// Layers that hand their one input on; drop path belongs to how a network is trained, not to it.
  private static func passesOn(_ layer: Layer) -> Bool {
    switch layer {
    case .identity, .concat, .dropPath: true
    default: false
    }
  }

  private static func sum(_ parts: [Terms]) -> Terms {
    var result: Terms = []
    for term in parts.joined().sorted(by: { $0.hash < $1.hash }) {
      if let last = result.last, last.hash == term.hash {
        result[result.count - 1].count &+= term.count
      } else {
        result.append(term)
      }
    }
    return result
  }

  private static func hash(of terms: Terms) -> StructuralHash {
    if terms.count == 1, terms[0].count == 1 { return terms[0].hash }
    var hash = StructuralHash(2)
    for term in terms {
      hash.append(term.hash)
      hash.append(term.count)
    }
    return hash
  }
}
