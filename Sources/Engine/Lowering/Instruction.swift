internal import CKernels

/// One kernel call to be: what it reads and writes, and its numbers.
struct Instruction: Sendable {
  /// What a call does to a value.
  enum Access: Sendable {
    case read
    /// Replaces all of it.
    case write
    /// Adds to it, or updates it in place.
    case update
  }

  /// A value in one of the roles of a call.
  ///
  /// It is kept small: there are tens of thousands in a supernet.
  struct Operand: Sendable {
    var value: Value
    private let number: UInt8
    private var flags: Flags
    /// Which of how many equal parts of a vector is meant; all of it is the only part.
    private(set) var part: (number: UInt8, of: UInt8) = (0, 1)

    private struct Flags: OptionSet {
      let rawValue: UInt8

      static let isFlat = Flags(rawValue: 1)
      static let isOwn = Flags(rawValue: 2)
      static let isWhole = Flags(rawValue: 4)
      // The access; neither: it is read.
      static let isWritten = Flags(rawValue: 8)
      static let isUpdated = Flags(rawValue: 16)
    }

    init(role: Int, value: Value, access: Access) {
      self.value = value
      number = UInt8(role)
      flags = []
      self.access = access
    }

    var role: Int { Int(number) }

    var access: Access {
      get { flags.contains(.isWritten) ? .write : flags.contains(.isUpdated) ? .update : .read }
      set {
        flags.subtract([.isWritten, .isUpdated])
        switch newValue {
        case .read: break
        case .write: flags.insert(.isWritten)
        case .update: flags.insert(.isUpdated)
        }
      }
    }

    /// Seen as [n, 1, 1, h·w·c].
    var isFlat: Bool { flags.contains(.isFlat) }

    /// The thread's own part of a value that every thread has a part of.
    var isOwn: Bool { flags.contains(.isOwn) }

    /// All images of the batch, whoever works on them.
    var isWhole: Bool { flags.contains(.isWhole) }

    static func read(_ role: Int, _ value: Value) -> Operand {
      Operand(role: role, value: value, access: .read)
    }

    static func write(_ role: Int, _ value: Value) -> Operand {
      Operand(role: role, value: value, access: .write)
    }

    static func update(_ role: Int, _ value: Value) -> Operand {
      Operand(role: role, value: value, access: .update)
    }

    /// The same, of the thread's own part.
    var own: Operand {
      var operand = self
      operand.flags.insert(.isOwn)
      return operand
    }

    /// The same, of all images of the batch.
    var whole: Operand {
      var operand = self
      operand.flags.insert(.isWhole)
      return operand
    }

    /// The same, of one of several equal parts of the thread's own part.
    func own(part: Int, of parts: Int) -> Operand {
      var operand = own
      operand.part = (UInt8(part), UInt8(parts))
      return operand
    }

    /// The same, each sample seen as one row.
    var flat: Operand {
      var operand = self
      operand.flags.insert(.isFlat)
      return operand
    }
  }

  let kernel: ck_op
  var operands: Operands
  private var gateNumber: Int32 = 0
  /// Whether one thread runs it for all.
  var isSingle = false
  private var realsNumber: Int16 = 0
  private(set) var integers: CallIntegers

  init(_ kernel: ck_op, _ operands: Operands, integers: CallIntegers = []) {
    self.kernel = kernel
    self.operands = operands
    self.integers = integers
  }

  /// The number of its reals in the program.
  var reals: Int {
    get { Int(realsNumber) }
    set { realsNumber = Int16(newValue) }
  }

  /// When it runs: the number of a gate of the program.
  var gate: Int {
    get { Int(gateNumber) }
    set { gateNumber = Int32(newValue) }
  }

  /// The operand in a role, if there is one.
  func operand(_ role: Int) -> Operand? {
    operands.first { $0.role == role }
  }

  /// Changes one of the call's integers.
  mutating func set(_ role: Int, _ value: Int) {
    integers[role] = value
  }

  /// Whether every pixel of one operand lies in exactly one window of the other.
  func windowsTile(_ image: Int, _ windows: Int, _ program: Program) -> Bool {
    guard let image = operand(image), let windows = operand(windows) else { return false }
    let (from, to) = (program[image.value].shape, program[windows.value].shape)
    let (high, wide) = (integers[CK_I_KERNEL_H], integers[CK_I_KERNEL_W])
    return integers[CK_I_STRIDE_H] == high && integers[CK_I_STRIDE_W] == wide
      && integers[CK_I_DILATION_H] == 1 && integers[CK_I_DILATION_W] == 1
      && integers[CK_I_PAD_TOP] == 0 && integers[CK_I_PAD_LEFT] == 0
      && from.height == to.height * high && from.width == to.width * wide
  }

  /// Makes what is written in `role` be added to what is there.
  ///
  /// - Returns: false when the kernel can only replace, or would apply its ReLU to the whole sum.
  mutating func accumulate(into role: Int) -> Bool {
    if integers[CK_I_RELU] != 0, kernel.activates || kernel.masksGradient { return false }
    guard let flag = kernel.accumulateFlag(role),
      let place = operands.firstIndex(where: { $0.role == role && $0.access == .write })
    else { return false }
    operands[place].access = .update
    integers[flag] = 1
    return true
  }
}
