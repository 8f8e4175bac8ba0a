internal import CKernels

/// Where everything lies in the arena, in elements from its start.
///
/// The regions come first, then what threads share for the length of a pass, then a space for every
/// thread: the buffers with a halo, and one room that all other buffers of the training step and of
/// the inference pass share.
struct ArenaLayout: Sendable {
  /// The start of every region.
  let regions: [Region: Int]
  private let parameterExtent: Int
  private let threads: Int
  private var pool = HaloPool()
  private let sharedStart: Int
  /// Elements of what threads share.
  private var sharedExtent = 0
  /// Elements of a thread's room.
  private var roomExtent = 0

  init(
    _ table: ParameterTable, inputs: Int, logits: Int, batch: Int, threads: Int, stateBlocks: Int
  ) {
    let learned = table.extents[.parameters, default: 0]
    var start = 0
    var regions: [Region: Int] = [:]
    for region in Region.allCases {
      regions[region] = start
      let extent =
        switch region {
        case .controls: Int(CK_CONTROLS_BYTES) / 4
        case .parameters, .gradients, .firstMoments: learned
        case .secondMoments: stateBlocks > 1 ? learned : 0
        case .mixing, .mixingGradients: table.extents[.mixing, default: 0]
        case .statistics: table.extents[.statistics, default: 0]
        case .inputs: inputs
        case .labels: batch
        case .logits, .logitGradients: threads > 1 ? logits : 0
        case .gradientCopies: (threads - 1) * learned
        case .barrier: threads > 1 ? Placement.alignment : 0
        }
      start += Placement.aligned(extent)
    }
    self.regions = regions
    self.threads = threads
    parameterExtent = learned
    sharedStart = start
  }

  /// Elements in all; right once every pass is placed.
  var extent: Int { spaceStart + threads * spaceExtent }

  private var spaceStart: Int { sharedStart + sharedExtent }

  /// Elements of one thread's space.
  private var spaceExtent: Int { Placement.aligned(pool.extent + roomExtent) }

  /// A place, counted from where its kind begins.
  fileprivate enum Place: Sendable {
    case region(Region, Int)
    case shared(Int)
    case pool(Int)
    case room(Int)
  }

  /// A pass with every buffer's place, but for the length of what lies before it.
  struct Placed: Sendable {
    /// By the index of a root.
    fileprivate var places: [Place?]
    /// The offset of each instruction's scratch in the room, where it needs one.
    fileprivate(set) var scratch: [(offset: Int, elements: Int)?]
  }

  /// Places the buffers of one pass.
  mutating func place(_ program: Program, _ geometry: Geometry) -> Placed {
    let spans = ArenaLayout.spans(program)
    var placed = Placed(
      places: Array(repeating: nil, count: program.values.count),
      scratch: Array(repeating: nil, count: program.instructions.count))
    var room: [(Int, Placement.Demand)] = []
    var forms: [(form: HaloPool.Form, roots: [Int], demands: [Placement.Demand])] = []
    var numbers: [HaloPool.Form: Int] = [:]
    for (index, record) in program.values.enumerated() {
      let root = Value(index: index)
      switch record.home {
      case .part: continue
      case .region(let region, let offset): placed.places[index] = .region(region, offset)
      case .arena:
        guard let span = spans[index] else { continue }
        let demand = Placement.Demand(
          elements: geometry.elements(root), first: span.lowerBound, last: span.upperBound)
        if threads > 1, record.rows == 1 {
          // Threads reach the end of its life at different times, so it shares its memory with none.
          placed.places[index] = .shared(sharedExtent)
          sharedExtent += Placement.aligned(demand.elements)
          continue
        }
        guard geometry.halo(root) > 0 else {
          room.append((index, demand))
          continue
        }
        let form = HaloPool.Form(
          rows: record.rows, shape: record.shape, halo: geometry.halo(root))
        let number = numbers[form] ?? forms.count
        if number == forms.count {
          numbers[form] = number
          forms.append((form, [], []))
        }
        forms[number].roots.append(index)
        forms[number].demands.append(demand)
      }
    }
    for (form, roots, demands) in forms {
      for (root, offset) in zip(roots, pool.place(demands, form: form)) {
        placed.places[root] = .pool(offset)
      }
    }
    placeRoom(room, program, geometry, &placed)
    return placed
  }

  /// The absolute offset of a root, for a thread.
  func offset(_ root: Value, _ placed: Placed, thread: Int = 0) -> Int {
    let space = spaceStart + thread * spaceExtent
    switch placed.places[root.index] {
    case .region(.gradients, let offset) where thread > 0:
      return regions[.gradientCopies, default: 0] + (thread - 1) * parameterExtent + offset
    case .region(let region, let offset): return regions[region, default: 0] + offset
    case .shared(let offset): return sharedStart + offset
    case .pool(let offset): return space + offset
    case .room(let offset): return space + pool.extent + offset
    case nil: return 0
    }
  }

  /// The absolute offset of something in a thread's room.
  func roomOffset(_ offset: Int, thread: Int) -> Int {
    spaceStart + thread * spaceExtent + pool.extent + offset
  }

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
      placed.places[root] = .room(offset)
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
