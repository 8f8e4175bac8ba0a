internal import Engine

/// A single operation that the engine is timed on, with what it must at least move and multiply.
struct EngineOperator {
  let name: String
  let batch: Int
  let shape: Shape
  let operation: any Operation
  /// The kernels that it becomes, forward and backward.
  let forward: [String]
  let backward: [String]
  /// Multiplications and additions of the forward pass; the backward pass has twice as many.
  var operations = 0
  /// Tensors of the operation's extent that must be read or written, forward and backward.
  var tensors = (forward: 2, backward: 3)
  /// Whether another operation writes the input, so that it has the zeros around it that it has in a
  /// network.
  var follows = false
  /// How often a kernel is run in a row, as a loop over one operation would: caches hold what they
  /// can, and what is short can be timed.
  var repeats = 5

  static var all: [EngineOperator] {
    [
      convolution("op_conv3x3_16_32x32_b64", 64, 16, 32, 3),
      convolution("op_conv3x3_32_16x16_b64", 64, 32, 16, 3),
      convolution("op_conv3x3_64_8x8_b64", 64, 64, 8, 3),
      convolution("op_conv1x1_16_32x32_b64", 64, 16, 32, 1),
      convolution("op_conv1x1_64_8x8_b64", 64, 64, 8, 1),
      depthwise("op_dw3x3_16_32x32_b64", 64, 16, 32, 3),
      depthwise("op_dw3x3_64_8x8_b64", 64, 64, 8, 3),
      depthwise("op_dw5x5_16_28x28_b32", 32, 16, 28, 5),
    ] + [(16, 32), (64, 8)].flatMap(elementwise) + [64, 128, 256, 512, 1024].map(product)
  }

  /// The same by products as they stand, where the engine would transform patches; else nil.
  var direct: EngineOperator? {
    guard let conv = operation as? Conv2D, conv.groups == 1, conv.kernel.height == 3 else {
      return nil
    }
    return EngineOperator.convolution(name, batch, conv.filters, shape.height, 3, isDirect: true)
  }

  /// The operation and, for a loss to start from, the mean over all positions.
  func build(_ graph: inout Graph) throws(ShapeError) -> Graph.Node {
    var node = graph.input(shape)
    if follows { node = try graph.apply(BatchNorm(affine: false, key: "before"), [node]) }
    node = try graph.apply(operation, [node])
    return shape.height == 1 ? node : try graph.apply(GlobalAveragePool(), [node])
  }

  private static func convolution(
    _ name: String, _ batch: Int, _ channels: Int, _ side: Int, _ kernel: Int,
    isDirect: Bool = false
  ) -> EngineOperator {
    EngineOperator(
      name: name, batch: batch, shape: Shape(height: side, width: side, channels: channels),
      operation: Conv2D(
        filters: channels, kernel: (kernel, kernel), padding: (kernel / 2, kernel / 2),
        isDirect: isDirect, key: "op"),
      forward: ["conv2d"], backward: ["conv2d_grad_input", "conv2d_grad_weight"],
      operations: 2 * batch * side * side * channels * channels * kernel * kernel, follows: true)
  }

  private static func depthwise(
    _ name: String, _ batch: Int, _ channels: Int, _ side: Int, _ kernel: Int
  ) -> EngineOperator {
    EngineOperator(
      name: name, batch: batch, shape: Shape(height: side, width: side, channels: channels),
      operation: Conv2D(
        filters: channels, kernel: (kernel, kernel), groups: channels,
        padding: (kernel / 2, kernel / 2), key: "op"),
      forward: ["depthwise"], backward: ["depthwise_grad_input", "depthwise_grad_weight"],
      operations: 2 * batch * side * side * channels * kernel * kernel, follows: true)
  }

  private static func elementwise(_ channels: Int, _ side: Int) -> [EngineOperator] {
    let shape = Shape(height: side, width: side, channels: channels)
    let words = "\(channels)_\(side)x\(side)_b64"
    return [
      EngineOperator(
        name: "op_batchnorm_\(words)", batch: 64, shape: shape, operation: BatchNorm(key: "op"),
        forward: ["moments", "batch_norm"], backward: ["batch_norm_sums", "batch_norm_grad"]),
      EngineOperator(
        name: "op_relu_\(words)", batch: 64, shape: shape, operation: ReLU(), forward: ["relu"],
        backward: ["relu_grad"]),
      EngineOperator(
        name: "op_maxpool3_\(words)", batch: 64, shape: shape,
        operation: MaxPool(kernel: 3, stride: 1, padding: 1), forward: ["max_pool"],
        backward: ["max_pool_grad"]),
      EngineOperator(
        name: "op_avgpool3_\(words)", batch: 64, shape: shape,
        operation: AveragePool(kernel: 3, stride: 1, padding: 1), forward: ["average_pool"],
        backward: ["average_pool_grad"], tensors: (2, 2)),
    ]
  }

  private static func product(_ extent: Int) -> EngineOperator {
    let operations = 2 * extent * extent * extent
    return EngineOperator(
      name: "gemm_\(extent)", batch: extent, shape: Shape(channels: extent),
      operation: Linear(units: extent, bias: false, key: "op"), forward: ["linear"], backward: [],
      operations: operations, tensors: (3, 0), repeats: max(5, 20_000_000 / operations))
  }
}
