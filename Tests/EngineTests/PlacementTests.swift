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
}
