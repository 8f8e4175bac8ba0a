internal import CKernels

/// What is placed so far, by its start, in units of the placement.
struct PlacedPieces {
  /// Four arrays in one block: when each piece is first and last alive, where it starts and ends.
  private let block: UnsafeMutablePointer<Int32>
  private let capacity: Int
  private var count = 0

  init(capacity: Int) {
    self.capacity = capacity
    block = .allocate(capacity: 4 * max(capacity, 1))
  }

  func deallocate() {
    block.deallocate()
  }

  /// Places one more at the lowest offset that is free all the time it is alive.
  ///
  /// - Complexity: O(pieces).
  mutating func insert(first: Int32, last: Int32, need: Int32) -> Int32 {
    let starts = block + 2 * capacity
    var pieces = ck_pieces(
      firsts: block, lasts: block + capacity, starts: starts, ends: block + 3 * capacity,
      count: Int64(count))
    let start = ck_lowest(&pieces, first, last, need)
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= start { low = middle + 1 } else { high = middle }
    }
    put(first, row: 0, at: low)
    put(last, row: 1, at: low)
    put(start, row: 2, at: low)
    put(start + need, row: 3, at: low)
    count += 1
    return start
  }

  private func put(_ value: Int32, row: Int, at index: Int) {
    let place = block + row * capacity + index
    (place + 1).moveInitialize(from: place, count: count - index)
    place.initialize(to: value)
  }
}
