/// The gates of a plan, by the numbers that calls know them by; 0 is always open.
struct GateTable: Sendable {
  private(set) var gates: [Gate] = [.open]
  private var numbers: [Gate: Int] = [.open: 0]

  /// The number of a gate, new if it has none.
  mutating func number(_ gate: Gate) -> Int {
    if gate == .open { return 0 }
    if let number = numbers[gate] { return number }
    numbers[gate] = gates.count
    gates.append(gate)
    return gates.count - 1
  }
}
