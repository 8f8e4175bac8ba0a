internal import CKernels

/// Where the threads of a step must wait for each other.
///
/// A thread works on its own images in its own space, so that most of a step needs no waiting. What
/// lies outside those spaces (parameters, sums over the batch, the loss) is followed here.
struct Meetings: Sendable {
  /// Instructions before which all threads meet.
  private(set) var instructions: Set<Int> = []

  /// Where something lies that several threads may touch.
  private enum Place: Hashable {
    case region(Region)
    case value(Int)
  }

  /// Who touched a place, and how.
  private struct Touch: OptionSet {
    let rawValue: Int

    /// A thread's own part of it: read, written.
    static let ownRead = Touch(rawValue: 1)
    static let ownWrite = Touch(rawValue: 2)
    /// The one thread that works for all: read, written.
    static let singleRead = Touch(rawValue: 4)
    static let singleWrite = Touch(rawValue: 8)
    /// All threads read all of it.
    static let everyRead = Touch(rawValue: 16)

    /// What must not have happened since the last meeting.
    var conflicts: Touch {
      switch self {
      case .ownRead: .singleWrite
      case .ownWrite: [.singleWrite, .singleRead, .everyRead]
      case .singleRead: .ownWrite
      case .singleWrite: [.ownWrite, .ownRead, .everyRead]
      default: [.ownWrite, .singleWrite]
      }
    }
  }

  init(_ program: Program) {
    guard program.threads > 1 else { return }
    var touched: [Place: Touch] = [:]
    for (index, instruction) in program.instructions.enumerated() {
      let touches = Meetings.touches(instruction, program)
      if touches.contains(where: { place, touch in
        !(touched[place] ?? []).isDisjoint(with: touch.conflicts)
      }) {
        instructions.insert(index)
        touched = [:]
      }
      for (place, touch) in touches { touched[place, default: []].formUnion(touch) }
    }
  }

  private static func touches(
    _ instruction: Instruction, _ program: Program
  ) -> [(Place, Touch)] {
    var touches: [(Place, Touch)] = []
    for operand in instruction.operands {
      let root = program.root(operand.value)
      let place: Place
      switch program[root].home {
      case .region(let region, _): place = .region(region)
      default:
        guard program[root].rows == 1 else { continue }
        place = .value(root.index)
      }
      let isOwn =
        operand.isOwn || place == .region(.gradients)
        || (program[root].rows > 1 && !operand.isWhole)
      let isWritten = operand.access != .read
      let touch: Touch
      if instruction.isSingle || instruction.kernel.belongsToFirst(operand.role) {
        touch = isWritten ? .singleWrite : .singleRead
      } else if isOwn {
        touch = isWritten ? .ownWrite : .ownRead
      } else {
        touch = .everyRead
      }
      touches.append((place, touch))
    }
    return touches
  }
}
