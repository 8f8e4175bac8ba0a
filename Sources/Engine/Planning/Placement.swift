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

  /// A buffer in its place, in units of the placement.
  private struct Piece {
    let first: Int32
    let last: Int32
    let start: Int32
    let end: Int32
  }

  /// Places the largest first, each at the lowest offset that is free all the time it is alive.
  ///
  /// - Complexity: O(n²) for n buffers.
  package init(_ demands: [Demand]) {
    // As coarse as it must be for all buffers one after the other to be counted in 32 bits.
    let sum = demands.reduce(0) { $0 + Placement.aligned($1.elements) }
    var unit = Placement.alignment
    while sum / unit + demands.count >= Int(Int32.max) { unit *= 2 }
    let starts = UnsafeMutableBufferPointer<Int32>.allocate(capacity: demands.count)
    let placed = UnsafeMutableBufferPointer<Piece>.allocate(capacity: demands.count)
    defer {
      starts.deallocate()
      placed.deallocate()
    }
    var (count, extent): (Int, Int32) = (0, 0)
    for index in Placement.order(demands) {
      let demand = demands[index]
      let (first, last) = (Int32(clamping: demand.first), Int32(clamping: demand.last))
      let need = Int32((demand.elements + unit - 1) / unit)
      let start = Placement.lowest(UnsafeBufferPointer(placed), count, first, last, need)
      starts.initializeElement(at: index, to: start)
      extent = max(extent, start + need)
      let low = Placement.upper(UnsafeBufferPointer(placed), count, start)
      if let base = placed.baseAddress {
        (base + low + 1).moveInitialize(from: base + low, count: count - low)
      }
      placed.initializeElement(
        at: low, to: Piece(first: first, last: last, start: start, end: start + need))
      count += 1
    }
    offsets = starts.map { Int($0) * unit }
    self.extent = Int(extent) * unit
  }

  /// The numbers of demands, the largest first, then the earliest.
  private static func order(_ demands: [Demand]) -> [Int] {
    struct Key {
      let elements: Int
      let first: Int
      let index: Int
    }
    var keys: [Key] = []
    keys.reserveCapacity(demands.count)
    for (index, demand) in demands.enumerated() {
      keys.append(Key(elements: demand.elements, first: demand.first, index: index))
    }
    keys.sort {
      if $0.elements != $1.elements { return $0.elements > $1.elements }
      return $0.first != $1.first ? $0.first < $1.first : $0.index < $1.index
    }
    return keys.map(\.index)
  }

  /// The lowest place with room for `need` that no piece has which is alive at the same time.
  private static func lowest(
    _ placed: UnsafeBufferPointer<Piece>, _ count: Int, _ first: Int32, _ last: Int32,
    _ need: Int32
  ) -> Int32 {
    var lowest: Int32 = 0
    for index in 0..<count {
      let piece = placed[index]
      // All bits where they meet, else none; no branch, for which pieces meet cannot be foreseen.
      let meets = ~(((piece.last &- first) | (last &- piece.first)) &>> 31)
      if piece.start & meets >= lowest &+ need { break }
      lowest = max(lowest, piece.end & meets)
    }
    return lowest
  }

  /// How many of the pieces start at an offset or below it.
  private static func upper(
    _ placed: UnsafeBufferPointer<Piece>, _ count: Int, _ offset: Int32
  ) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if placed[middle].start <= offset { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
