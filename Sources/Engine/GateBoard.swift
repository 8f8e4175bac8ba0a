/// Which gates of a plan are open for one execution, by what was chosen last.
final class GateBoard {
  /// By the number of a gate: whether it is open.
  let open: UnsafeMutableBufferPointer<UInt8>
  /// Whether each condition holds: of every choice, that it is mixed, then that each branch takes
  /// part; then of every group, that a step changes it.
  private let flags: UnsafeMutableBufferPointer<UInt8>
  /// By choice: where its flags begin, and its branches.
  private let choices: [(start: Int, branches: Int)]
  private let groups: Int
  /// The flags that the gates ask for, gate after gate, and where those of each gate end.
  private let asked: [Int32]
  private let ends: [Int32]

  /// All open: every choice is a mixture, every group is changed.
  init(_ plan: Plan) {
    var choices: [(start: Int, branches: Int)] = []
    var count = 0
    for key in plan.table.choices {
      let branches = plan.table[key]?.parameter.layout.count ?? 0
      choices.append((count, branches))
      count += 1 + branches
    }
    self.choices = choices
    groups = count
    flags = .allocate(capacity: count + Parameter.Group.allCases.count)
    flags.initialize(repeating: 1)
    open = .allocate(capacity: plan.gates.count)
    open.initialize(repeating: 1)
    var (asked, ends): ([Int32], [Int32]) = ([], [])
    for gate in plan.gates {
      for condition in gate.conditions {
        let flag =
          switch condition {
          case .mixes(let choice): choices[choice].start
          case .takes(let choice, let branch): choices[choice].start + 1 + branch
          case .updates(let group): count + GateBoard.place(group)
          }
        asked.append(Int32(flag))
      }
      ends.append(Int32(asked.count))
    }
    (self.asked, self.ends) = (asked, ends)
  }

  deinit {
    flags.deallocate()
    open.deallocate()
  }

  /// Says what becomes of a choice; gates move at the next `settle`.
  func set(_ choice: Choice, for number: Int) {
    let (start, branches) = choices[number]
    flags[start] = choice.weight(of: 0) == nil ? 1 : 0
    for branch in 0..<branches { flags[start + 1 + branch] = choice.takes(branch) ? 1 : 0 }
  }

  /// Says which groups a step changes; gates move at the next `settle`.
  func set(_ updated: Parameter.Groups) {
    for group in Parameter.Group.allCases {
      flags[groups + GateBoard.place(group)] = updated.contains(group) ? 1 : 0
    }
  }

  /// Opens and shuts all gates.
  ///
  /// - Complexity: O(conditions of all gates), without allocation.
  func settle() {
    var place = 0
    for gate in open.indices {
      let end = Int(ends[gate])
      var isOpen: UInt8 = 1
      while place < end {
        isOpen &= flags[Int(asked[place])]
        place += 1
      }
      open[gate] = isOpen
    }
  }

  private static func place(_ group: Parameter.Group) -> Int {
    switch group {
    case .weights: 0
    case .architecture: 1
    }
  }
}
