internal import CKernels

extension Program {
  /// What two buffers with a halo must have in common to take each other's place.
  private struct Form: Hashable {
    let rows: Int
    let shape: Shape
    let halo: Int
  }

  /// A buffer that values of one form lie in, one after the other.
  private struct Tenancy {
    let value: Value
    /// Where its zeros are written, and when that is needed.
    let start: Int
    var gate: Gate
    var end: Int
  }

  /// Writes the zeros around values where they are wanted, so that such buffers may lie wherever
  /// placement finds room.
  ///
  /// Kernels never write around a value: one that follows another of its form in the same buffer
  /// finds the zeros there. A buffer is held for the next no longer than a sixteenth of the pass.
  mutating func shareHalos() {
    let roots = roots()
    let halos = Geometry.halos(self, roots)
    let patience = max(instructions.count / 16, 4)
    var forms: [Form: Int] = [:]
    var tenancies: [[Tenancy]] = []
    let spans = spans(roots)
    let wanting = values.indices.filter { halos[$0] > 0 && !spans[$0].isEmpty }
    for index in wanting.sorted(by: { spans[$0].first < spans[$1].first }) {
      let span = spans[index]
      let value = Value(index: index)
      let gate = gates[instructions[span.first].gate]
      let form = Form(
        rows: self[value].rows, shape: self[value].shape, halo: halos[index])
      let number = forms[form] ?? tenancies.count
      if number == tenancies.count {
        forms[form] = number
        tenancies.append([])
      }
      let free = tenancies[number].firstIndex {
        $0.end < span.first && span.first - $0.end <= patience
      }
      if let free, unify(tenancies[number][free].value, value) {
        tenancies[number][free].end = span.last
        tenancies[number][free].gate = tenancies[number][free].gate.common(gate)
      } else {
        tenancies[number].append(
          Tenancy(value: value, start: span.first, gate: gate, end: span.last))
      }
    }
    let starts = tenancies.joined().sorted {
      ($0.start, $0.value.index) < ($1.start, $1.value.index)
    }
    insert(
      starts.map { tenancy in
        var zeros = Instruction(CK_ZERO_HALO, [.write(CK_V_Y, tenancy.value)])
        zeros.gate = number(of: tenancy.gate)
        return (before: tenancy.start, zeros)
      })
  }

  /// Inserts instructions, given in the order of the places they go before.
  mutating func insert(_ additions: [(before: Int, instruction: Instruction)]) {
    // From the end on, so that what is there moves once and stays in its array.
    var next = instructions.count
    instructions.append(contentsOf: additions.map(\.instruction))
    var place = instructions.count
    for addition in additions.reversed() {
      while next > addition.before {
        (place, next) = (place - 1, next - 1)
        instructions[place] = instructions[next]
      }
      place -= 1
      instructions[place] = addition.instruction
    }
  }
}
