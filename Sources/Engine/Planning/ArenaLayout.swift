internal import CKernels

/// Where everything lies in the arena, in elements from its start.
///
/// The regions come first, then the vectors that threads share for the length of a pass, then for
/// every thread one room that all buffers of the training step and of the inference pass share.
struct ArenaLayout: Sendable {
  /// The start of every region, by its number.
  private let starts: [Int]
  private let parameterExtent: Int
  private let threads: Int
  private let sharedStart: Int
  /// Elements of what threads share.
  private var sharedExtent = 0
  /// Elements of a thread's room.
  private var roomExtent = 0

  init(
    _ table: ParameterTable, inputs: Int, logits: Int, batch: Int, threads: Int, stateBlocks: Int
  ) {
    let learned = table.learnedExtent
    var start = 0
    var starts: [Int] = []
    for region in Region.allCases {
      starts.append(start)
      let extent =
        switch region {
        case .controls: Int(CK_CONTROLS_BYTES) / 4
        case .parameters, .gradients, .firstMoments: learned
        case .secondMoments: stateBlocks > 1 ? learned : 0
        case .mixing, .mixingGradients: table.mixingExtent
        case .statistics: table.statisticsExtent
        case .inputs: inputs
        case .labels: batch
        case .logits, .logitGradients: threads > 1 ? logits : 0
        case .gradientCopies: (threads - 1) * learned
        case .barrier: threads > 1 ? Placement.alignment : 0
        }
      start += Placement.aligned(extent)
    }
    self.starts = starts
    self.threads = threads
    parameterExtent = learned
    sharedStart = start
  }

  /// Elements in all; right once every pass is placed.
  var extent: Int { roomStart(threads) }

  /// Where a region begins.
  func start(_ region: Region) -> Int { starts[region.rawValue] }

  /// Where a thread's room begins.
  private func roomStart(_ thread: Int) -> Int { sharedStart + sharedExtent + thread * roomExtent }

  /// A place, counted from where its kind begins.
  fileprivate enum Place: Sendable {
    case region(Region, Int)
    case shared(Int)
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
    let spans = program.spans(geometry.roots)
    var placed = Placed(
      places: Array(repeating: nil, count: program.values.count),
      scratch: Array(repeating: nil, count: program.instructions.count))
    var shared = 0
    var buffers: [Int] = []
    var demands: [Placement.Demand] = []
    for (index, record) in program.values.enumerated() {
      switch record.home {
      case .part: continue
      case .region(let region, let offset): placed.places[index] = .region(region, offset)
      case .arena:
        let span = spans[index]
        if span.isEmpty { continue }
        let elements = geometry.elements(Value(index: index))
        if record.isPartial || (threads > 1 && record.rows == 1) {
          // Threads reach the end of its life at different times, so it shares its memory with none.
          placed.places[index] = .shared(shared)
          shared += Placement.aligned(elements)
        } else {
          buffers.append(index)
          demands.append(
            Placement.Demand(elements: elements, first: span.first, last: span.last))
        }
      }
    }
    var users: [(instruction: Int, elements: Int)] = []
    for (index, instruction) in program.instructions.enumerated() {
      let elements = instruction.scratchElements(geometry)
      guard elements > 0 else { continue }
      users.append((index, elements))
      demands.append(Placement.Demand(elements: elements, first: index, last: index))
    }
    let placement = Placement(demands, room: roomExtent)
    for (root, offset) in zip(buffers, placement.offsets) { placed.places[root] = .room(offset) }
    for ((instruction, elements), offset) in zip(users, placement.offsets[buffers.count...]) {
      placed.scratch[instruction] = (offset, elements)
    }
    sharedExtent = max(sharedExtent, shared)
    roomExtent = max(roomExtent, placement.extent)
    return placed
  }

  /// The absolute offsets of all roots, for a thread.
  func offsets(_ placed: Placed, thread: Int) -> [Int] {
    placed.places.map { offset($0, thread) }
  }

  /// The absolute offset of a root, for the first thread.
  func offset(_ root: Value, _ placed: Placed) -> Int { offset(placed.places[root.index], 0) }

  private func offset(_ place: Place?, _ thread: Int) -> Int {
    switch place {
    case .region(.gradients, let offset) where thread > 0:
      return start(.gradientCopies) + (thread - 1) * parameterExtent + offset
    case .region(let region, let offset): return start(region) + offset
    case .shared(let offset): return sharedStart + offset
    case .room(let offset): return roomStart(thread) + offset
    case nil: return 0
    }
  }

  /// The absolute offset of something in a thread's room.
  func roomOffset(_ offset: Int, thread: Int) -> Int { roomStart(thread) + offset }
}
