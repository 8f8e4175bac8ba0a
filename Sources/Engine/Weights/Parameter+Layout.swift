// PyTorch's order of axes and the arena's.
extension Parameter.Layout {
  /// Calls `body` with the position of every value in PyTorch's order and in the arena's.
  @inline(__always)
  func forEachPlace(_ body: (_ tensor: Int, _ arena: Int) -> Void) {
    switch self {
    case .vector(let count):
      for index in 0..<count { body(index, index) }
    case .linear(let inputs, let outputs):
      for output in 0..<outputs {
        for input in 0..<inputs { body(output * inputs + input, input * outputs + output) }
      }
    case .convolution(let kernel, let inputs, let outputs):
      let area = kernel.height * kernel.width
      for output in 0..<outputs {
        for input in 0..<inputs {
          let start = (output * inputs + input) * area
          for tap in 0..<area { body(start + tap, (tap * inputs + input) * outputs + output) }
        }
      }
    }
  }
}
