/// The JSON form: `{"operation": "conv2d", "filters": 16, "kernel": [3, 3], …}`.
extension Layer: Codable {
  /// The operation's word in JSON and messages.
  package var name: String {
    switch self {
    case .conv2d: "conv2d"
    case .batchNorm: "batch_norm"
    case .relu: "relu"
    case .add: "add"
    case .concat: "concat"
    case .maxPool: "max_pool"
    case .averagePool: "average_pool"
    case .globalAveragePool: "global_average_pool"
    case .linear: "linear"
    case .zero: "zero"
    case .spatialPad: "spatial_pad"
    case .identity: "identity"
    case .dropout: "dropout"
    case .shiftedConv: "shifted_conv"
    case .dropPath: "drop_path"
    }
  }

  private enum CodingKeys: String, CodingKey {
    case operation, filters, kernel, stride, dilation, groups, padding, bias, affine, units, height,
      width, rate, shift
  }

  package init(from decoder: any Decoder) throws {
    let box = try decoder.container(keyedBy: CodingKeys.self)
    func extent(_ key: CodingKeys) throws -> Extent {
      let pair = try box.decode([Int].self, forKey: key)
      guard pair.count == 2 else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: box, debugDescription: "two numbers (height, width), not \(pair)")
      }
      return Extent(pair[0], pair[1])
    }
    func whole(_ key: CodingKeys) throws -> Int { try box.decode(Int.self, forKey: key) }
    let name = try box.decode(String.self, forKey: .operation)
    switch name {
    case "conv2d":
      self = .conv2d(
        filters: try whole(.filters), kernel: try extent(.kernel), stride: try extent(.stride),
        dilation: try whole(.dilation), groups: try whole(.groups), padding: try extent(.padding),
        bias: try box.decode(Bool.self, forKey: .bias))
    case "batch_norm": self = .batchNorm(affine: try box.decode(Bool.self, forKey: .affine))
    case "relu": self = .relu
    case "add": self = .add
    case "concat": self = .concat
    case "max_pool":
      self = .maxPool(
        kernel: try whole(.kernel), stride: try whole(.stride), padding: try whole(.padding))
    case "average_pool":
      self = .averagePool(
        kernel: try whole(.kernel), stride: try whole(.stride), padding: try whole(.padding))
    case "global_average_pool": self = .globalAveragePool
    case "linear":
      self = .linear(units: try whole(.units), bias: try box.decode(Bool.self, forKey: .bias))
    case "zero": self = .zero(stride: try whole(.stride))
    case "spatial_pad":
      self = .spatialPad(height: try whole(.height), width: try whole(.width))
    case "identity": self = .identity
    case "dropout": self = .dropout(rate: try box.decode(Double.self, forKey: .rate))
    case "shifted_conv":
      self = .shiftedConv(
        filters: try whole(.filters), stride: try whole(.stride), shift: try whole(.shift))
    case "drop_path": self = .dropPath(rate: try box.decode(Double.self, forKey: .rate))
    default:
      throw DecodingError.dataCorruptedError(
        forKey: .operation, in: box, debugDescription: "unknown operation '\(name)'")
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var box = encoder.container(keyedBy: CodingKeys.self)
    try box.encode(name, forKey: .operation)
    switch self {
    case .conv2d(
      let filters, let kernel, let stride, let dilation, let groups, let padding, let bias):
      try box.encode(filters, forKey: .filters)
      try box.encode([kernel.height, kernel.width], forKey: .kernel)
      try box.encode([stride.height, stride.width], forKey: .stride)
      try box.encode(dilation, forKey: .dilation)
      try box.encode(groups, forKey: .groups)
      try box.encode([padding.height, padding.width], forKey: .padding)
      try box.encode(bias, forKey: .bias)
    case .batchNorm(let affine): try box.encode(affine, forKey: .affine)
    case .maxPool(let kernel, let stride, let padding),
      .averagePool(let kernel, let stride, let padding):
      try box.encode(kernel, forKey: .kernel)
      try box.encode(stride, forKey: .stride)
      try box.encode(padding, forKey: .padding)
    case .linear(let units, let bias):
      try box.encode(units, forKey: .units)
      try box.encode(bias, forKey: .bias)
    case .zero(let stride): try box.encode(stride, forKey: .stride)
    case .spatialPad(let height, let width):
      try box.encode(height, forKey: .height)
      try box.encode(width, forKey: .width)
    case .dropout(let rate), .dropPath(let rate): try box.encode(rate, forKey: .rate)
    case .shiftedConv(let filters, let stride, let shift):
      try box.encode(filters, forKey: .filters)
      try box.encode(stride, forKey: .stride)
      try box.encode(shift, forKey: .shift)
    case .relu, .add, .concat, .globalAveragePool, .identity: break
    }
  }
}
