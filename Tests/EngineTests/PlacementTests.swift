import Engine
import Testing

@Suite struct PlacementTests {
  @Test(arguments: 1...20)
  func `buffers alive at one time never overlap`(_ seed: UInt64) {
    let demands = PlacementTests.demands(seed, longLives: false)
    for placement in PlacementTests.ways(demands) {
      for (index, demand) in demands.enumerated() {
        let range = placement.offsets[index]..<placement.offsets[index] + demand.elements
        #expect(range.lowerBound % Placement.alignment == 0)
        #expect(range.upperBound <= placement.extent)
        for other in demands.indices where other < index && demands[other].meets(demand) {
          let start = placement.offsets[other]
          #expect(!range.overlaps(start..<start + demands[other].elements), "seed \(seed)")
        }
      }
      let peak = PlacementTests.peak(demands)
      #expect(placement.peak == peak)
      #expect(placement.extent >= peak)
      #expect(Double(placement.extent) < 1.5 * Double(peak), "seed \(seed)")
    }
  }

  @Test(arguments: 1...20)
  func `each buffer lies as low as those placed before it let it`(_ seed: UInt64) {
    let demands = PlacementTests.demands(seed, longLives: true)
    let largestFirst = demands.indices.sorted {
      (demands[$1].elements, demands[$0].first, $0) < (demands[$0].elements, demands[$1].first, $1)
    }
    let asTheyCome = demands.indices.sorted { (demands[$0].first, $0) < (demands[$1].first, $1) }
    let ways = PlacementTests.ways(demands)
    for (offsets, order) in [(ways[1].offsets, asTheyCome), (ways[2].offsets, largestFirst)] {
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

  @Test(arguments: 1...20)
  func `the quick way is taken where it wastes little, else the better one`(_ seed: UInt64) {
    let demands = PlacementTests.demands(seed, longLives: seed % 2 == 0)
    let ways = PlacementTests.ways(demands)
    let (taken, quick, careful) = (ways[0], ways[1], ways[2])
    if quick.extent <= quick.peak + quick.peak / 64 {
      #expect(taken.offsets == quick.offsets)
    } else {
      #expect(taken.extent == min(quick.extent, careful.extent))
    }
    #expect(Placement(demands, room: quick.extent).offsets == quick.offsets)
  }

  /// Buffers of many sizes; with `longLives`, a few among them that live long.
  private static func demands(_ seed: UInt64, longLives: Bool) -> [Placement.Demand] {
    var random = SplitMix(seed)
    return (0..<150).map { _ in
      let first = Int(random.next() % 300)
      let life: UInt64 = longLives ? (random.next() % 4 == 0 ? 200 : 5) : 40
      let elements = longLives ? 1 + Int(random.next() % 40) * 16 : Int(random.next() % 5000)
      return Placement.Demand(
        elements: elements, first: first, last: first + Int(random.next() % life))
    }
  }

  /// What is chosen, as they come, and the largest first.
  private static func ways(_ demands: [Placement.Demand]) -> [Placement] {
    let quick = Placement(asTheyCome: demands)
    return [Placement(demands), quick, Placement(largestFirst: demands, peak: quick.peak)]
  }

  private static func peak(_ demands: [Placement.Demand]) -> Int {
    (0..<500).map { time in
      demands.filter { $0.first <= time && time <= $0.last }.reduce(0) {
        $0 + Placement.aligned($1.elements)
      }
    }.max() ?? 0
  }
}
