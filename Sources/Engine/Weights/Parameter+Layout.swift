// PyTorch's order of axes and the arena's.
extension Parameter.Layout {
  /// A tensor's values in the arena's order.
  func toArena(_ values: [Float]) -> [Double] {
    var result = [Double](repeating: 0, count: values.count)
    forEachPair { tensor, arena in result[arena] = Double(values[tensor]) }
    return result
  }

  /// The arena's values in a tensor's order.
  func toTensor(_ values: [Float]) -> [Float] {
    var result = [Float](repeating: 0, count: values.count)
    forEachPair { tensor, arena in result[tensor] = values[arena] }
    return result
  }

  private func forEachPair(_ body: (_ tensor: Int, _ arena: Int) -> Void) {
    switch self {
    case .vector(let count):
      for index in 0..<count { body(index, index) }
    case .linear(let inputs, let outputs):
      transpose(outputs, inputs, body)
    case .convolution(let kernel, let inputs, let outputs):
      transpose(outputs, inputs * kernel.height * kernel.width) { tensor, arena in
        // `arena` is as if the order were [in, kh, kw, out]; in fact it is [kh, kw, in, out].
        let (column, output) = (arena / outputs, arena % outputs)
        let area = kernel.height * kernel.width
        let (input, tap) = (column / area, column % area)
        body(tensor, (tap * inputs + input) * outputs + output)
      }
    }
  }

  /// Positions in [rows, columns] and in [columns, rows].
  private func transpose(_ rows: Int, _ columns: Int, _ body: (Int, Int) -> Void) {
    for row in 0..<rows {
      for column in 0..<columns { body(row * columns + column, column * rows + row) }
    }
  }
}
