internal import CKernels

/// Deals the channels of equally large groups out in turn, so that each group meets all others.
///
/// Channel k of group g becomes channel k · groups + g.
///
/// - Shapes: x [N, H, W, C] → the same.
/// - Source: Zhang et al. 2018, arXiv:1707.01083, §3.1.
package struct ChannelShuffle: Operation {
  package let groups: Int

  package init(groups: Int) {
    self.groups = groups
  }

  package var name: String { "channel_shuffle" }

  package func outputShape(_ inputs: [Shape]) throws(ShapeError) -> Shape {
    let input = try single(inputs)
    guard groups > 0, input.channels.isMultiple(of: groups) else {
      throw ShapeError(
        operation: name,
        message: "groups is \(groups); it must divide the \(input.channels) channels")
    }
    return input
  }

  package func forward(_ lowering: inout Lowering) {
    lowering.emit(
      CK_SHUFFLE, [.read(CK_V_X, lowering.input()), .write(CK_V_Y, lowering.output())],
      integers: [(CK_I_GROUPS, groups)])
  }

  /// Dealt out by the other factor, all channels are where they came from.
  package func backward(_ lowering: inout Lowering) {
    guard lowering.wantsGradient() else { return }
    let gradient = lowering.outputGradient()
    lowering.emit(
      CK_SHUFFLE, [.read(CK_V_X, gradient), lowering.inputGradient(CK_V_Y)],
      integers: [(CK_I_GROUPS, lowering.outputShape.channels / groups)])
  }
}
