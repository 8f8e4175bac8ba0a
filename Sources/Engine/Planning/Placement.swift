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

  /// The offset of each demand.
  package let offsets: [Int]
  /// Elements in all.
  package let extent: Int

  /// A buffer in its place.
  private struct Piece {
    let first: Int32
    let last: Int32
    let start: Int
    let end: Int
  }

  /// Places the largest first, each at the lowest offset that is free all the time it is alive.
  ///
  /// - Complexity: O(n²) for n buffers.
  package init(_ demands: [Demand]) {
    let order = demands.indices.sorted {
      let (a, b) = (demands[$0], demands[$1])
      return (b.elements, a.first, $0) < (a.elements, b.first, $1)
    }
    let starts = UnsafeMutableBufferPointer<Int>.allocate(capacity: demands.count)
    let placed = UnsafeMutableBufferPointer<Piece>.allocate(capacity: demands.count)
    defer {
      starts.deallocate()
      placed.deallocate()
    }
    var (count, extent): (Int, Int) = (0, 0)
    for index in order {
      let demand = demands[index]
      let (first, last) = (Int32(clamping: demand.first), Int32(clamping: demand.last))
      let need = Placement.aligned(demand.elements)
      let start = Placement.lowest(UnsafeBufferPointer(placed), count, first, last, need)
      starts.initializeElement(at: index, to: start)
      extent = max(extent, start + need)
      var (low, high) = (0, count)
      while low < high {
        let middle = (low + high) / 2
        if placed[middle].start <= start { low = middle + 1 } else { high = middle }
      }
      if let base = placed.baseAddress {
        (base + low + 1).moveInitialize(from: base + low, count: count - low)
      }
      placed.initializeElement(
        at: low, to: Piece(first: first, last: last, start: start, end: start + need))
      count += 1
    }
    offsets = Array(starts)
    self.extent = extent
  }

  /// The lowest place with room for `need` that no piece has which is alive at the same time.
  private static func lowest(
    _ placed: UnsafeBufferPointer<Piece>, _ count: Int, _ first: Int32, _ last: Int32, _ need: Int
  ) -> Int {
    var lowest = 0
    for index in 0..<count {
      let piece = placed[index]
      // Without a branch: which pieces meet cannot be foreseen.
      let meets = (first <= piece.last) && (piece.first <= last)
      let end = meets ? piece.end : 0
      if meets && piece.start >= lowest &+ need { break }
      lowest = max(lowest, end)
    }
    return lowest
  }
}
