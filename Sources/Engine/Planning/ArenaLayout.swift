internal import CKernels

/// Where everything lies in the arena, in elements from its start.
///
/// The regions come first, then the buffers with a halo, then one room that all other buffers of the
/// training step and of the inference pass share.
struct ArenaLayout: Sendable {
  /// The start of every region.
  let regions: [Region: Int]
  private(set) var pool = HaloPool()
  private let poolStart: Int
  /// Elements of the shared room.
  private var roomExtent = 0

  init(_ table: ParameterTable, inputs: Int, batch: Int, rule: OptimizerRule) {
    let learned = table.extents[.parameters, default: 0]
    var start = 0
    var regions: [Region: Int] = [:]
    for region in Region.allCases {
      regions[region] = start
      let extent =
        switch region {
        case .controls: Int(CK_CONTROLS_BYTES) / 4
        case .parameters, .gradients, .firstMoments: learned
        case .secondMoments: rule.stateBlocks > 1 ? learned : 0
        case .statistics: table.extents[.statistics, default: 0]
        case .inputs: inputs
        case .labels: batch
        }
      start += Placement.aligned(extent)
    }
    self.regions = regions
    poolStart = start
  }

  /// Elements in all; right once every pass is placed.
  var extent: Int { poolStart + pool.extent + roomExtent }

  /// A pass with every buffer's place, but for the length of the pools before it.
  struct Placed: Sendable {
    /// By the index of a root: its offset, and what that is counted from.
    fileprivate(set) var offsets: [Int?]
    fileprivate(set) var isInRoom: [Bool]
    /// The offset of each instruction's scratch in the room, where it needs one.
    fileprivate(set) var scratch: [(offset: Int, elements: Int)?]
  }

  /// Places the buffers of one pass.
  mutating func place(_ program: Program, _ geometry: Geometry) -> Placed {
    let spans = ArenaLayout.spans(program)
    var placed = Placed(
      offsets: Array(repeating: nil, count: program.values.count),
      isInRoom: Array(repeating: false, count: program.values.count),
      scratch: Array(repeating: nil, count: program.instructions.count))
    var room: [(Int, Placement.Demand)] = []
    var forms: [(form: HaloPool.Form, roots: [Int], demands: [Placement.Demand])] = []
    var places: [HaloPool.Form: Int] = [:]
    for (index, record) in program.values.enumerated() {
      let root = Value(index: index)
      switch record.home {
      case .part: continue
      case .region(let region, let offset):
        placed.offsets[index] = regions[region, default: 0] + offset
      case .arena:
        guard let span = spans[index] else { continue }
        let demand = Placement.Demand(
          elements: geometry.elements(root), first: span.lowerBound, last: span.upperBound)
        guard geometry.halo(root) > 0 else {
          room.append((index, demand))
          continue
        }
        let form = HaloPool.Form(
          rows: record.rows, shape: record.shape, halo: geometry.halo(root))
        let place = places[form] ?? forms.count
        if place == forms.count {
          places[form] = place
          forms.append((form, [], []))
        }
        forms[place].roots.append(index)
        forms[place].demands.append(demand)
      }
    }
    for (form, roots, demands) in forms {
      for (root, offset) in zip(roots, pool.place(demands, form: form)) {
        placed.offsets[root] = poolStart + offset
      }
    }
    placeRoom(room, program, geometry, &placed)
    return placed
  }

  /// The absolute offset of a root.
  func offset(_ root: Value, _ placed: Placed) -> Int {
    let offset = placed.offsets[root.index] ?? 0
    return placed.isInRoom[root.index] ? poolStart + pool.extent + offset : offset
  }

  /// The absolute offset of something in the shared room.
  func roomOffset(_ offset: Int) -> Int { poolStart + pool.extent + offset }

  private mutating func placeRoom(
    _ buffers: [(Int, Placement.Demand)], _ program: Program, _ geometry: Geometry,
    _ placed: inout Placed
  ) {
    var demands = buffers.map(\.1)
    var users: [(instruction: Int, elements: Int)] = []
    for (index, instruction) in program.instructions.enumerated() {
      let elements = instruction.scratchElements(geometry)
      guard elements > 0 else { continue }
      users.append((index, elements))
      demands.append(Placement.Demand(elements: elements, first: index, last: index))
    }
    let placement = Placement(demands)
    roomExtent = max(roomExtent, placement.extent)
    for ((root, _), offset) in zip(buffers, placement.offsets) {
      placed.offsets[root] = offset
      placed.isInRoom[root] = true
    }
    for ((instruction, elements), offset) in zip(users, placement.offsets[buffers.count...]) {
      placed.scratch[instruction] = (offset, elements)
    }
  }

  /// The first and last instruction that touch each root; what is kept lives to the end.
  private static func spans(_ program: Program) -> [ClosedRange<Int>?] {
    var spans: [ClosedRange<Int>?] = Array(repeating: nil, count: program.values.count)
    for (index, instruction) in program.instructions.enumerated() {
      for operand in instruction.operands {
        let root = program.root(operand.value).index
        spans[root] = (spans[root]?.lowerBound ?? index)...index
      }
    }
    for (index, record) in program.values.enumerated() where record.isKept {
      let root = program.root(Value(index: index)).index
      spans[root] = (spans[root]?.lowerBound ?? 0)...program.instructions.count
    }
    return spans
  }
}
