/// Sends only a part of the channels through a supernet's edges, so that searching needs less time and
/// memory.
///
/// Of an edge's source the first C / K channels go through its branches; the others go around, halved by
/// 2×2 max pooling where the branches halve. Both are concatenated and shuffled, so that another part
/// goes through the next edge. Edges whose source has no multiple of K channels stay whole.
///
/// - Source: Xu et al. 2020, arXiv:1907.05737, §3.2–3.3 and the released code.
/// - Departs: maps of odd size are padded by a row and a column of zeros before they are pooled.
package struct PartialChannels: Hashable, Sendable {
  /// K: one of so many channels goes through (published: 4).
  package let divisor: Int
  /// Whether the edges that end in a node are mixed too, by a choice of the node's own.
  package let weighsEdges: Bool

  package init(divisor: Int, weighsEdges: Bool = true) {
    self.divisor = max(divisor, 1)
    self.weighsEdges = weighsEdges
  }

  /// Whether an edge of so many channels is cut into parts.
  func cuts(_ channels: Int) -> Bool {
    divisor > 1 && channels.isMultiple(of: divisor)
  }
}
