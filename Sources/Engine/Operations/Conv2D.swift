internal import CKernels

/// Convolution with zeros around the image.
///
/// - Shapes: x [N, H, W, C], weight [kh, kw, C/groups, filters] → [N, H′, W′, filters] with
///   H′ = (H + 2·padding − dilation·(kh − 1) − 1) / stride + 1.
package struct Conv2D: Operation {
  package let filters: Int
  package let kernel: Extent
  package let stride: Extent
  package let dilation: Int
  package let groups: Int
  package let padding: Extent
  /// How far down and right of the usual place every window lies; what then falls outside is zero.
  package let offset: Extent
  package let bias: Bool
  package let key: String
  /// Whether products are taken as they stand where transformed patches would be faster: for
  /// measurements.
  package let isDirect: Bool
  /// Whether a ReLU is applied on the way out; set by fusion alone.
  var activates = false

  package init(
    filters: Int, kernel: (Int, Int), stride: (Int, Int) = (1, 1), dilation: Int = 1,
    groups: Int = 1, padding: (Int, Int) = (0, 0), offset: (Int, Int) = (0, 0), bias: Bool = false,
    isDirect: Bool = false, key: String
  ) {
    self.filters = filters
    self.kernel = Extent(kernel.0, kernel.1)
    self.stride = Extent(stride.0, stride.1)
    self.dilation = dilation
    self.groups = groups
    self.padding = Extent(padding.0, padding.1)
    self.offset = Extent(offset.0, offset.1)
    self.bias = bias
    self.isDirect = isDirect
    self.key = key
  }

  package var name: String { "conv2d" }

  package func outputShape(_ inputs: [Shape]) throws(ShapeError) -> Shape {
    let input = try single(inputs)
    try require(filters, "filters", in: 1...1 << 20)
    try require(dilation, "dilation", in: 1...1 << 10)
    try require(groups, "groups", in: 1...input.channels)
    guard input.channels % groups == 0, filters % groups == 0 else {
      throw ShapeError(
        operation: name,
        message: "groups is \(groups); it must divide the \(input.channels) input channels and "
          + "the \(filters) filters")
    }
    for (value, what) in [(offset.height, "offset height"), (offset.width, "offset width")] {
      try require(value, what, in: 0...1 << 10)
    }
    let size = try window.outputExtent(of: input, in: name)
    return Shape(height: size.height, width: size.width, channels: filters)
  }

  /// The weight, then the bias if there is one.
  package func parameters(_ inputs: [Shape]) -> [Parameter] {
    let fanOut = kernel.height * kernel.width * filters / groups
    let channels = inputs[0].channels / groups
    let weight = Parameter(
      key: key + ".weight",
      layout: .convolution(kernel: kernel, inputs: channels, outputs: filters),
      start: .normal(deviation: (2 / Double(fanOut)).squareRoot()))
    guard bias else { return [weight] }
    let bound = 1 / Double(kernel.height * kernel.width * channels).squareRoot()
    return [
      weight,
      Parameter(key: key + ".bias", layout: .vector(filters), start: .uniform(bound: bound)),
    ]
  }

  package func forward(_ lowering: inout Lowering) {
    var operands: Operands = [
      .read(CK_V_X, lowering.input()), .read(CK_V_WEIGHT, lowering.parameter(0)),
      .write(CK_V_Y, lowering.output()),
    ]
    if bias { operands.append(.read(CK_V_BIAS, lowering.parameter(1))) }
    var integers = integers
    integers[CK_I_RELU] = activates ? 1 : 0
    lowering.emit(
      isDepthwise(lowering) ? CK_DEPTHWISE : CK_CONV2D, operands, integers: integers)
  }

  /// The weights come first: then the input is no longer needed when room is made for its gradient.
  package func backward(_ lowering: inout Lowering) {
    let gradient = lowering.activationGradient(activates)
    let isDepthwise = isDepthwise(lowering)
    let integers = integers
    let targets = bias ? [(CK_V_DWEIGHT, 0), (CK_V_DBIAS, 1)] : [(CK_V_DWEIGHT, 0)]
    lowering.emit(
      isDepthwise ? CK_DEPTHWISE_GRAD_WEIGHT : CK_CONV2D_GRAD_WEIGHT,
      [.read(CK_V_X, lowering.input()), .read(CK_V_DY, gradient)]
        + lowering.parameterGradients(targets), integers: integers)
    if lowering.wantsGradient() {
      lowering.emit(
        isDepthwise ? CK_DEPTHWISE_GRAD_INPUT : CK_CONV2D_GRAD_INPUT,
        [
          .read(CK_V_DY, gradient), .read(CK_V_WEIGHT, lowering.parameter(0)),
          lowering.inputGradient(CK_V_DX),
        ], integers: integers)
    }
  }

  private var window: Window {
    Window(kernel: kernel, stride: stride, dilation: dilation, padding: padding, offset: offset)
  }

  private var integers: CallIntegers {
    var integers = window.integers
    integers[CK_I_GROUPS] = groups
    integers[CK_I_DIRECT] = isDirect ? 1 : 0
    return integers
  }

  private func isDepthwise(_ lowering: Lowering) -> Bool {
    groups > 1 && groups == filters && groups == lowering.inputShape().channels
  }
}
