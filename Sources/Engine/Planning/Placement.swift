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
  /// Elements that are alive at one time at most: none can do with less.
  package let peak: Int

  /// Places every buffer.
  ///
  /// One after the other as they come alive is the quick way, and in a supernet as good as any. Where
  /// it takes 1/64 more than what is alive at the peak, and more than there is, the largest first may
  /// do with less.
  ///
  /// - Parameter room: elements that are there in any case.
  package init(_ demands: [Demand], room: Int = 0) {
    let quick = Placement(asTheyCome: demands)
    let peak = quick.peak
    guard quick.extent > max(room, peak + peak / 64) else {
      self = quick
      return
    }
    let careful = Placement(largestFirst: demands, peak: peak)
    self = careful.extent < quick.extent ? careful : quick
  }

  /// Places buffers as they come alive, each at the lowest offset that is free.
  ///
  /// - Complexity: O(n·pieces) for n buffers; there are few free pieces at any time.
  package init(asTheyCome demands: [Demand]) {
    let end = demands.reduce(0) { max($0, $1.last + 1) }
    var (begins, ends) = (Timetable(end, demands.count), Timetable(end, demands.count))
    for (index, demand) in demands.enumerated().reversed() {
      begins.add(index, at: demand.first)
      ends.add(index, at: demand.last + 1)
    }
    var space = FreeSpace()
    var offsets = Array(repeating: 0, count: demands.count)
    var (extent, live, peak) = (0, 0, 0)
    for time in 0..<end {
      ends.forEach(at: time) { index in
        let elements = Placement.aligned(demands[index].elements)
        space.give(offsets[index]..<offsets[index] + elements)
        live -= elements
      }
      begins.forEach(at: time) { index in
        let elements = Placement.aligned(demands[index].elements)
        offsets[index] = space.take(elements)
        extent = max(extent, offsets[index] + elements)
        live += elements
      }
      peak = max(peak, live)
    }
    (self.offsets, self.extent, self.peak) = (offsets, extent, peak)
  }

  /// The numbers of demands by a time, in their order.
  private struct Timetable {
    /// By the time: the first; by the number: the next at the same time; -1: none.
    private var heads: [Int32]
    private var nexts: [Int32]

    init(_ end: Int, _ count: Int) {
      heads = Array(repeating: -1, count: end + 1)
      nexts = Array(repeating: -1, count: count)
    }

    /// Adds one before those that are there.
    mutating func add(_ index: Int, at time: Int) {
      nexts[index] = heads[time]
      heads[time] = Int32(index)
    }

    func forEach(at time: Int, _ body: (Int) -> Void) {
      var next = heads[time]
      while next >= 0 {
        body(Int(next))
        next = nexts[Int(next)]
      }
    }
  }

  /// Places the largest first, each at the lowest offset that is free all the time it is alive.
  ///
  /// - Complexity: O(n²) for n buffers.
  package init(largestFirst demands: [Demand], peak: Int) {
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
    self.peak = peak
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
