/// What an instruction reads and writes, kept in the instruction itself: there are tens of thousands
/// of instructions in a supernet, and rules move them about.
///
/// The mixture of eight branches has the most, one for each branch and four more.
struct Operands: Sendable {
  static let capacity = 12

  private var places: InlineArray<12, Instruction.Operand>
  private var number: UInt8 = 0

  private(set) var count: Int {
    get { Int(number) }
    set { number = UInt8(newValue) }
  }

  init() {
    places = InlineArray(repeating: .read(0, Value(index: 0)))
  }

  init(_ operands: some Sequence<Instruction.Operand>) {
    self.init()
    for operand in operands { append(operand) }
  }

  mutating func append(_ operand: Instruction.Operand) {
    precondition(count < Operands.capacity, "an instruction has at most 12 operands")
    places[count] = operand
    count += 1
  }

  mutating func removeAll(where isGone: (Instruction.Operand) -> Bool) {
    var kept = 0
    for place in 0..<count where !isGone(places[place]) {
      places[kept] = places[place]
      kept += 1
    }
    count = kept
  }

  static func += (operands: inout Operands, more: Operands) {
    for place in 0..<more.count { operands.append(more.places[place]) }
  }

  static func + (first: Operands, second: Operands) -> Operands {
    var all = first
    all += second
    return all
  }
}

extension Operands: ExpressibleByArrayLiteral {
  init(arrayLiteral operands: Instruction.Operand...) {
    self.init(operands)
  }
}

extension Operands: RandomAccessCollection, MutableCollection {
  var startIndex: Int { 0 }
  var endIndex: Int { count }

  subscript(place: Int) -> Instruction.Operand {
    get { places[place] }
    set { places[place] = newValue }
  }
}
