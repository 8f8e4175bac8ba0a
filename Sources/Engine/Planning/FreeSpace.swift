/// The elements of a room that nothing lies in, as pieces from low to high; the last has no end.
struct FreeSpace: Sendable {
  private var pieces: [Range<Int>] = [0..<Int.max]

  /// Takes the lowest place with room for so many elements.
  ///
  /// - Complexity: O(pieces).
  mutating func take(_ elements: Int) -> Int {
    guard elements > 0, let index = pieces.firstIndex(where: { $0.count >= elements }) else {
      return 0
    }
    let start = pieces[index].lowerBound
    if pieces[index].count == elements {
      pieces.remove(at: index)
    } else {
      pieces[index] = start + elements..<pieces[index].upperBound
    }
    return start
  }

  /// Gives back what was taken.
  ///
  /// - Complexity: O(pieces).
  mutating func give(_ piece: Range<Int>) {
    guard !piece.isEmpty else { return }
    var (place, end) = (0, pieces.count)
    while place < end {
      let middle = (place + end) / 2
      if pieces[middle].lowerBound < piece.lowerBound { place = middle + 1 } else { end = middle }
    }
    let joinsBefore = place > 0 && pieces[place - 1].upperBound == piece.lowerBound
    let joinsAfter = place < pieces.count && pieces[place].lowerBound == piece.upperBound
    switch (joinsBefore, joinsAfter) {
    case (true, true):
      pieces[place - 1] = pieces[place - 1].lowerBound..<pieces[place].upperBound
      pieces.remove(at: place)
    case (true, false):
      pieces[place - 1] = pieces[place - 1].lowerBound..<piece.upperBound
    case (false, true): pieces[place] = piece.lowerBound..<pieces[place].upperBound
    case (false, false): pieces.insert(piece, at: place)
    }
  }
}
