/// Buffers with a halo, shared only between values of one geometry: so the zeros are never written.
struct HaloPool: Sendable {
  /// What two buffers must have in common to share memory.
  struct Form: Hashable, Sendable {
    let rows: Int
    let shape: Shape
    let halo: Int
  }

  private var offsets: [Form: [Int]] = [:]
  /// Elements in all.
  private(set) var extent = 0

  /// Places the buffers of one form, by the time they are alive; several passes may use one pool.
  mutating func place(_ demands: [Placement.Demand], form: Form) -> [Int] {
    var places = offsets[form] ?? []
    var ends = Array(repeating: -1, count: places.count)
    var result = Array(repeating: 0, count: demands.count)
    for index in demands.indices.sorted(by: { demands[$0].first < demands[$1].first }) {
      let demand = demands[index]
      let slot: Int
      if let free = ends.firstIndex(where: { $0 < demand.first }) {
        slot = free
      } else {
        slot = places.count
        places.append(extent)
        ends.append(-1)
        extent += Placement.aligned(demand.elements)
      }
      ends[slot] = demand.last
      result[index] = places[slot]
    }
    offsets[form] = places
    return result
  }
}
