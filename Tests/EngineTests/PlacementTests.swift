import Engine
import Testing

@Suite struct PlacementTests {
  @Test(arguments: 1...20)
  func `buffers alive at one time never overlap`(_ seed: UInt64) {
    var random = SplitMix(seed)
    let demands = (0..<120).map { _ in
      let first = Int(random.next() % 200)
      return Placement.Demand(
        elements: Int(random.next() % 5000), first: first, last: first + Int(random.next() % 40))
    }
    let placement = Placement(demands)
    for (index, demand) in demands.enumerated() {
      let range = placement.offsets[index]..<placement.offsets[index] + demand.elements
      #expect(range.lowerBound % Placement.alignment == 0)
      #expect(range.upperBound <= placement.extent)
      for other in demands.indices where other < index && demands[other].meets(demand) {
        let start = placement.offsets[other]
        #expect(!range.overlaps(start..<start + demands[other].elements), "seed \(seed)")
      }
    }
    let peak =
      (0..<240).map { time in
        demands.filter { $0.first <= time && time <= $0.last }.reduce(0) {
          $0 + Placement.aligned($1.elements)
        }
      }.max() ?? 0
    #expect(placement.extent >= peak)
    #expect(Double(placement.extent) < 1.5 * Double(peak), "seed \(seed)")
  }

  @Test(arguments: 1...20)
  func `each buffer lies as low as those placed before it let it`(_ seed: UInt64) {
    var random = SplitMix(seed)
    let demands = (0..<150).map { _ in
      let first = Int(random.next() % 300)
      return Placement.Demand(
        elements: 1 + Int(random.next() % 40) * 16, first: first,
        last: first + Int(random.next() % (random.next() % 4 == 0 ? 200 : 5)))
    }
    let order = demands.indices.sorted {
      (demands[$1].elements, demands[$0].first, $0) < (demands[$0].elements, demands[$1].first, $1)
    }
    let offsets = Placement(demands).offsets
    for (turn, index) in order.enumerated() {
      let need = Placement.aligned(demands[index].elements)
      let others = order[..<turn].filter { demands[$0].meets(demands[index]) }
      func isFree(_ offset: Int) -> Bool {
        others.allSatisfy {
          offset + need <= offsets[$0]
            || offset >= offsets[$0] + Placement.aligned(demands[$0].elements)
        }
      }
      var expected = 0
      while !isFree(expected) { expected += Placement.alignment }
      #expect(offsets[index] == expected, "seed \(seed), buffer \(index)")
    }
  }
}
