internal import CKernels

/// Some neighbouring channels of its input; nothing is copied.
///
/// - Shapes: x [N, H, W, C] → [N, H, W, count].
package struct ChannelSlice: Operation {
  /// The first channel.
  package let start: Int
  package let count: Int

  package init(start: Int, count: Int) {
    self.start = start
    self.count = count
  }

  package var name: String { "channel_slice" }

  package func outputShape(_ inputs: [Shape]) throws(ShapeError) -> Shape {
    let input = try single(inputs)
    guard start >= 0, count > 0, count <= input.channels, start <= input.channels - count else {
      throw ShapeError(
        operation: name,
        message: "start is \(start) and count \(count); they must lie in \(input.channels) channels"
      )
    }
    return Shape(height: input.height, width: input.width, channels: count)
  }

  package func forward(_ lowering: inout Lowering) {
    lowering.lookAtInput(fromChannel: start)
  }

  package func backward(_ lowering: inout Lowering) {
    guard lowering.wantsGradient() else { return }
    let gradient = lowering.outputGradient()
    let whole = lowering.addedInputGradient()
    let part = lowering.part(of: whole, lowering.outputShape, channel: start)
    lowering.emit(CK_COPY, [.read(CK_V_X, gradient), .update(CK_V_Y, part)])
  }
}
