import CKernels
import Testing

@Suite struct ConvolutionTests {
  private let windows: [WindowCase] = [
    WindowCase(),
    WindowCase(halo: 1),
    WindowCase(n: 3, h: 8, w: 8, halo: 1, gap: 5),
    WindowCase(n: 17, h: 4, w: 4, gap: 3),
    WindowCase(n: 33, h: 2, w: 2, accumulate: true),
    WindowCase(n: 5, h: 8, w: 8, accumulate: true, relu: true),
    WindowCase(n: 1, h: 5, w: 33, halo: 1, relu: true),
    WindowCase(n: 1, h: 9, w: 70, halo: 2, accumulate: true),
    WindowCase(n: 2, h: 8, w: 8, stride: (2, 2)),
    WindowCase(n: 19, h: 9, w: 11, stride: (2, 2), halo: 1),
    WindowCase(n: 2, h: 12, w: 41, stride: (2, 3), halo: 1, accumulate: true),
    WindowCase(kernel: (1, 1), pad: (0, 0)),
    WindowCase(n: 3, kernel: (1, 1), pad: (0, 0), halo: 1, gap: 4, accumulate: true),
    WindowCase(n: 9, h: 8, w: 8, kernel: (1, 1), stride: (2, 2), pad: (0, 0)),
    WindowCase(h: 9, w: 9, kernel: (5, 5), pad: (2, 2), halo: 2),
    WindowCase(h: 9, w: 20, kernel: (3, 3), dilation: (2, 2), pad: (2, 2), halo: 2),
    WindowCase(h: 9, w: 20, kernel: (5, 3), dilation: (2, 1), pad: (4, 1)),
    WindowCase(h: 6, w: 5, kernel: (1, 7), pad: (0, 3)),
    WindowCase(h: 6, w: 30, kernel: (7, 1), stride: (2, 1), pad: (3, 0), relu: true),
    WindowCase(n: 17, h: 8, w: 8, kernel: (3, 3), pad: (0, 0)),
    WindowCase(h: 1, w: 1, kernel: (3, 3), pad: (1, 1)),
    WindowCase(n: 2, h: 4, w: 4, kernel: (2, 2), stride: (2, 2), pad: (0, 0)),
  ]

  /// Input channels, output channels, groups.
  private let channels = [
    (1, 16, 1), (3, 8, 1), (16, 32, 1), (8, 8, 1), (5, 7, 1), (13, 67, 1), (32, 48, 1),
    (12, 8, 4), (6, 18, 3), (64, 32, 2), (1, 1, 1), (4, 41, 1),
  ]

  private func forward(
    _ arena: inout TestArena, _ window: WindowCase, _ ic: Int, _ oc: Int, _ groups: Int
  ) -> ck_call {
    var call = ck_new_call(nil)
    window.fill(&call, groups: groups)
    call.set(
      CK_V_X, arena.tensor(window.n, window.h, window.w, ic, halo: window.halo, gap: window.gap))
    call.set(CK_V_WEIGHT, arena.tensor(window.kernel.0, window.kernel.1, ic / groups, oc))
    if oc % 3 != 0 { call.set(CK_V_BIAS, arena.vector(oc)) }
    call.set(
      CK_V_Y,
      arena.tensor(
        window.n, window.outputHeight, window.outputWidth, oc, halo: 1, gap: window.gap))
    return call
  }

  /// Windows large enough to be done by Winograd's patches: with and without halo, whole patches and
  /// cut ones.
  private let patched: [WindowCase] = [
    WindowCase(n: 9, h: 8, w: 8),
    WindowCase(n: 9, h: 8, w: 8, halo: 1, relu: true),
    WindowCase(n: 2, h: 17, w: 33, halo: 1, gap: 5, accumulate: true),
    WindowCase(n: 5, h: 13, w: 9, gap: 3, accumulate: true, relu: true),
    WindowCase(n: 130, h: 6, w: 7, halo: 2),
  ]

  @Test(arguments: [CK_CONV2D, CK_CONV2D_GRAD_INPUT, CK_CONV2D_GRAD_WEIGHT].map(\.rawValue))
  func `convolutions by patches agree with their twins`(op: UInt32) {
    for window in patched {
      for (ic, oc) in [(16, 16), (19, 41), (64, 18), (16, 67)] {
        // Sums of up to four values, and again of them, cost a digit.
        checkTwins(ck_op(op), "\(window) channels \(ic) -> \(oc)", tolerance: 4e-6) { arena in
          switch ck_op(op) {
          case CK_CONV2D: forward(&arena, window, ic, oc, 1)
          case CK_CONV2D_GRAD_INPUT: gradInput(&arena, window, ic, oc, 1)
          default: gradWeight(&arena, window, ic, oc, 1)
          }
        }
      }
    }
  }

  @Test func `moments of what is stored agree with the twin`() {
    for window in windows + patched where !window.accumulate && !window.relu {
      for (ic, oc, groups) in channels + [(16, 300, 1)] {
        checkTwins(
          CK_CONV2D, "\(window) channels \(ic) -> \(oc) / \(groups)", tolerance: 1e-5
        ) { arena in
          var call = forward(&arena, window, ic, oc, groups)
          call.set(CK_V_MOMENTS, arena.vector(3 * oc))
          return call
        }
      }
    }
  }

  @Test func `the forward pass of every window and channel count agrees with its twin`() {
    for window in windows {
      for (ic, oc, groups) in channels {
        checkTwins(CK_CONV2D, "\(window) channels \(ic) -> \(oc) / \(groups)") {
          forward(&$0, window, ic, oc, groups)
        }
      }
    }
  }

  @Test func `the gradient of the input agrees with its twin`() {
    for window in windows {
      for (ic, oc, groups) in channels {
        checkTwins(CK_CONV2D_GRAD_INPUT, "\(window) channels \(ic) -> \(oc) / \(groups)") {
          gradInput(&$0, window, ic, oc, groups)
        }
      }
    }
  }

  private func gradInput(
    _ arena: inout TestArena, _ window: WindowCase, _ ic: Int, _ oc: Int, _ groups: Int
  ) -> ck_call {
    var call = ck_new_call(nil)
    window.fill(&call, groups: groups)
    let (height, width) = (window.outputHeight, window.outputWidth)
    if window.relu { call.set(CK_V_X, arena.tensor(window.n, window.h, window.w, ic, gap: 1)) }
    call.set(CK_V_WEIGHT, arena.tensor(window.kernel.0, window.kernel.1, ic / groups, oc))
    call.set(
      CK_V_DY, arena.tensor(window.n, height, width, oc, halo: window.halo, gap: window.gap))
    call.set(CK_V_DX, arena.tensor(window.n, window.h, window.w, ic, halo: 1, gap: window.gap))
    return call
  }

  @Test func `the gradient of weights and bias agrees with its twin`() {
    for window in windows {
      for (ic, oc, groups) in channels {
        checkTwins(CK_CONV2D_GRAD_WEIGHT, "\(window) channels \(ic) -> \(oc) / \(groups)") {
          gradWeight(&$0, window, ic, oc, groups)
        }
      }
    }
  }

  private func gradWeight(
    _ arena: inout TestArena, _ window: WindowCase, _ ic: Int, _ oc: Int, _ groups: Int
  ) -> ck_call {
    var call = ck_new_call(nil)
    window.fill(&call, groups: groups)
    let (height, width) = (window.outputHeight, window.outputWidth)
    call.set(
      CK_V_X, arena.tensor(window.n, window.h, window.w, ic, halo: window.halo, gap: window.gap))
    call.set(CK_V_DY, arena.tensor(window.n, height, width, oc, halo: 1, gap: window.gap))
    call.set(CK_V_DWEIGHT, arena.tensor(window.kernel.0, window.kernel.1, ic / groups, oc))
    if oc % 3 != 0 { call.set(CK_V_DBIAS, arena.vector(oc)) }
    return call
  }

  @Test func `the depthwise trio agrees with its twins`() {
    for window in windows {
      for c in [1, 3, 8, 16, 21, 32, 64] {
        checkTwins(CK_DEPTHWISE, "\(window) channels \(c)") {
          depthwise(forward(&$0, window, c, c, c))
        }
        checkTwins(CK_DEPTHWISE_GRAD_INPUT, "\(window) channels \(c)") {
          depthwise(gradInput(&$0, window, c, c, c))
        }
        checkTwins(CK_DEPTHWISE_GRAD_WEIGHT, "\(window) channels \(c)") {
          depthwise(gradWeight(&$0, window, c, c, c))
        }
      }
    }
  }

  /// How many pixels are taken at once depends on what is left of a row and on what lies outside.
  @Test func `the depthwise trio agrees with its twins at every width`() {
    for width in 1...18 {
      for (kernel, dilation, stride) in [
        (3, 1, 1), (3, 2, 1), (5, 1, 1), (5, 2, 1), (3, 1, 2), (5, 1, 2), (5, 2, 2),
      ] {
        let pad = kernel / 2 * dilation
        for halo in [0, pad] {
          let window = WindowCase(
            n: 2, h: 5, w: width, kernel: (kernel, kernel), stride: (stride, stride),
            dilation: (dilation, dilation), pad: (pad, pad), halo: halo)
          checkTwins(CK_DEPTHWISE, "\(window)") { depthwise(forward(&$0, window, 16, 16, 16)) }
          checkTwins(CK_DEPTHWISE_GRAD_INPUT, "\(window)") {
            depthwise(gradInput(&$0, window, 16, 16, 16))
          }
          checkTwins(CK_DEPTHWISE_GRAD_WEIGHT, "\(window)") {
            depthwise(gradWeight(&$0, window, 16, 16, 16))
          }
        }
      }
    }
  }

  /// Filters are made ready for some channels at a time, and rows are paired as far apart as taps.
  @Test func `the depthwise trio agrees with its twins of many channels and at every height`() {
    for (height, channels) in (2...9).map({ ($0, 20) }) + [(4, 300), (5, 261)] {
      for dilation in 1...3 {
        let window = WindowCase(
          n: 2, h: height, w: 6, dilation: (dilation, dilation), pad: (dilation, dilation), gap: 1)
        checkTwins(CK_DEPTHWISE, "\(window)") {
          depthwise(forward(&$0, window, channels, channels, channels))
        }
        checkTwins(CK_DEPTHWISE_GRAD_INPUT, "\(window)") {
          depthwise(gradInput(&$0, window, channels, channels, channels))
        }
        checkTwins(CK_DEPTHWISE_GRAD_WEIGHT, "\(window)") {
          depthwise(gradWeight(&$0, window, channels, channels, channels))
        }
      }
    }
  }

  /// The same call without a number of groups, which a depthwise kernel does not look at.
  private func depthwise(_ call: ck_call) -> ck_call {
    var call = call
    call.set(CK_I_GROUPS, integer: 0)
    return call
  }
}
