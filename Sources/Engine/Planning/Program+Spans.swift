extension Program {
  /// The first and the last instruction that touch a root.
  struct Span: Sendable {
    private var start: Int32 = 0
    private var end: Int32 = 0

    /// Whether none touches it.
    var isEmpty: Bool { start == end }
    var first: Int { Int(start) }
    var last: Int { Int(end) - 1 }
    var times: Range<Int> { Int(start)..<Int(end) }

    /// Takes in a later instruction.
    fileprivate mutating func extend(to index: Int) {
      if isEmpty { start = Int32(index) }
      end = Int32(index + 1)
    }
  }

  /// When each root is touched, by its index; what is kept lives to the end.
  func spans(_ roots: [Value]) -> [Span] {
    var spans = Array(repeating: Span(), count: values.count)
    for index in instructions.indices {
      for operand in instructions[index].operands {
        spans[roots[operand.value.index].index].extend(to: index)
      }
    }
    for index in values.indices where values[index].isKept {
      spans[roots[index].index].extend(to: instructions.count)
    }
    return spans
  }
}
