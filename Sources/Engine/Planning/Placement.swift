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

  /// Places the largest first, each at the lowest offset that is free all the time it is alive.
  ///
  /// - Complexity: O(n²) for n buffers.
  package init(_ demands: [Demand]) {
    // As coarse as it must be for all buffers one after the other to be counted in 32 bits.
    let sum = demands.reduce(0) { $0 + Placement.aligned($1.elements) }
    var unit = Placement.alignment
    while sum / unit + demands.count >= Int(Int32.max) { unit *= 2 }
    var pieces = PlacedPieces(capacity: demands.count)
    defer { pieces.deallocate() }
    var offsets = Array(repeating: 0, count: demands.count)
    var extent: Int32 = 0
    for index in Placement.order(demands) {
      let demand = demands[index]
      let (first, last) = (Int32(clamping: demand.first), Int32(clamping: demand.last))
      let need = Int32((demand.elements + unit - 1) / unit)
      let start = pieces.insert(first: first, last: last, need: need)
      offsets[index] = Int(start) * unit
      extent = max(extent, start + need)
    }
    self.offsets = offsets
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
}
