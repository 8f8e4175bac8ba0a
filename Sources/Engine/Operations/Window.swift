internal import CKernels

/// The positions a sliding window takes over an image; shared by convolution and pooling.
struct Window: Hashable, Sendable {
  let kernel: Extent
  let stride: Extent
  let dilation: Int
  let padding: Extent
  /// How far down and right of the usual place every window lies.
  var offset = Extent(0, 0)

  /// Height and width of what the window leaves.
  ///
  /// - Throws: `ShapeError` when a size is out of range or the window does not fit the image.
  func outputExtent(of input: Shape, in operation: String) throws(ShapeError) -> Extent {
    Extent(
      try positions(
        input.height, kernel.height, stride.height, padding.height, "height", operation),
      try positions(input.width, kernel.width, stride.width, padding.width, "width", operation))
  }

  private func positions(
    _ size: Int, _ kernel: Int, _ stride: Int, _ padding: Int, _ axis: String, _ operation: String
  ) throws(ShapeError) -> Int {
    func refuse(_ what: String, _ value: Int, _ right: String) -> ShapeError {
      ShapeError(operation: operation, message: "\(what) \(axis) is \(value); it must be \(right)")
    }
    guard (1...1 << 10).contains(kernel) else { throw refuse("kernel", kernel, "1…1024") }
    guard (1...1 << 10).contains(stride) else { throw refuse("stride", stride, "1…1024") }
    guard (0...1 << 10).contains(padding) else { throw refuse("padding", padding, "0…1024") }
    let reach = dilation * (kernel - 1) + 1
    guard size + 2 * padding >= reach else {
      throw refuse("input", size, "at least \(reach - 2 * padding) for this kernel")
    }
    return (size + 2 * padding - reach) / stride + 1
  }
}

extension Window {
  /// The square window of a pool.
  init(pool kernel: Int, stride: Int, padding: Int) {
    self.init(
      kernel: Extent(kernel, kernel), stride: Extent(stride, stride), dilation: 1,
      padding: Extent(padding, padding))
  }
}

extension Window {
  /// The integers of a kernel call.
  var integers: CallIntegers {
    var integers = CallIntegers()
    integers[CK_I_KERNEL_H] = kernel.height
    integers[CK_I_KERNEL_W] = kernel.width
    integers[CK_I_STRIDE_H] = stride.height
    integers[CK_I_STRIDE_W] = stride.width
    integers[CK_I_DILATION_H] = dilation
    integers[CK_I_DILATION_W] = dilation
    integers[CK_I_PAD_TOP] = padding.height - offset.height
    integers[CK_I_PAD_LEFT] = padding.width - offset.width
    return integers
  }
}
