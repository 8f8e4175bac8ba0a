/// Where every buffer of a pass lies: by the time it is alive, in as little memory as first fit finds.
package struct Placement: Sendable {
  /// Elements to whose multiple every buffer is aligned: 64 bytes of floats.
  package static let alignment = 16

  /// The next multiple of the alignment.
  package static func aligned(_ elements: Int) -> Int {
    (elements + alignment - 1) / alignment * alignment
  }

  /// A buffer that needs room.
  package struct Demand: Sendable {
    package let elements: Int
    /// Positions of the first and last instruction that touch it.
    package let first: Int
    package let last: Int

    package init(elements: Int, first: Int, last: Int) {
      self.elements = elements
      self.first = first
      self.last = last
    }

    /// Whether both are alive at some time.
    package func meets(_ other: Demand) -> Bool { first <= other.last && other.first <= last }
  }

  /// A buffer in its place.
  private struct Piece {
    let offset: Int
    let end: Int
    let first: Int
    let last: Int
  }

  /// The offset of each demand.
  package let offsets: [Int]
  /// Elements in all.
  package let extent: Int

  /// Places the largest first, each at the lowest offset that is free all the time it is alive.
  ///
  /// - Complexity: O(n²) for n buffers.
  package init(_ demands: [Demand]) {
    let order = demands.indices.sorted {
      let (a, b) = (demands[$0], demands[$1])
      return (b.elements, a.first, $0) < (a.elements, b.first, $1)
    }
    var offsets = Array(repeating: 0, count: demands.count)
    var extent = 0
    var placed: [Piece] = []  // by offset
    placed.reserveCapacity(demands.count)
    for index in order {
      let demand = demands[index]
      let need = Placement.aligned(demand.elements)
      var offset = 0
      for other in placed where demand.first <= other.last && other.first <= demand.last {
        if other.offset >= offset + need { break }
        offset = max(offset, other.end)
      }
      offsets[index] = offset
      extent = max(extent, offset + need)
      var (low, high) = (0, placed.count)
      while low < high {
        let middle = (low + high) / 2
        if placed[middle].offset <= offset { low = middle + 1 } else { high = middle }
      }
      placed.insert(
        Piece(offset: offset, end: offset + need, first: demand.first, last: demand.last), at: low)
    }
    self.offsets = offsets
    self.extent = extent
  }
}
