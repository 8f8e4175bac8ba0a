package import Domain

extension Architecture {
  /// Names and shapes of all tensors the live graph keeps, running statistics included, in PyTorch's
  /// order of axes.
  package var tensorShapes: [String: [Int]] {
    let shapes = Dictionary(uniqueKeysWithValues: nodes.map { ($0.id, $0.shape) })
    var result: [String: [Int]] = [:]
    for node in live {
      guard let first = node.inputs.first, let input = shapes[first] else { continue }
      switch node.layer {
      case .conv2d(let filters, let kernel, _, _, let groups, _, let bias):
        result[node.scope + ".weight"] = [
          filters, input.channels / groups, kernel.height, kernel.width,
        ]
        if bias { result[node.scope + ".bias"] = [filters] }
      case .shiftedConv(let filters, _, _):
        result[node.scope + ".weight"] = [filters, input.channels, 1, 1]
      case .linear(let units, let bias):
        result[node.scope + ".weight"] = [units, input.count]
        if bias { result[node.scope + ".bias"] = [units] }
      case .batchNorm(let affine):
        let names = ["running_mean", "running_var"] + (affine ? ["weight", "bias"] : [])
        for name in names { result["\(node.scope).\(name)"] = [input.channels] }
      default: break
      }
    }
    return result
  }
}
