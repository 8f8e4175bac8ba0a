import CKernels
import Testing

@Suite struct PoolTests {
  private let windows: [WindowCase] = [
    WindowCase(),
    WindowCase(n: 3, h: 8, w: 8, halo: 1, gap: 5),
    WindowCase(n: 5, h: 4, w: 4, accumulate: true),
    WindowCase(h: 8, w: 8, kernel: (2, 2), stride: (2, 2), pad: (0, 0), halo: 1),
    WindowCase(h: 8, w: 9, kernel: (2, 2), stride: (2, 2), pad: (0, 0), accumulate: true),
    WindowCase(h: 9, w: 9, stride: (2, 2), gap: 1),
    WindowCase(h: 6, w: 5, kernel: (3, 2), stride: (1, 2), pad: (1, 0)),
    WindowCase(h: 9, w: 7, kernel: (3, 3), dilation: (2, 2), pad: (2, 2)),
    WindowCase(h: 2, w: 2, kernel: (5, 5), pad: (2, 2)),
    WindowCase(h: 1, w: 1, accumulate: true),
    WindowCase(h: 8, w: 8, kernel: (2, 2), stride: (3, 3), pad: (0, 0)),
    WindowCase(h: 8, w: 6, kernel: (2, 2), stride: (2, 2), pad: (1, 1)),
    WindowCase(h: 3, w: 3, kernel: (1, 1), stride: (2, 2), pad: (2, 2)),
  ]
  private let channels = [1, 3, 8, 16, 21, 32, 64]

  private func build(
    _ arena: inout TestArena, _ window: WindowCase, _ c: Int, backward: Bool, keepsOutput: Bool
  ) -> ck_call {
    var call = ck_new_call(nil)
    window.fill(&call)
    let (height, width) = (window.outputHeight, window.outputWidth)
    let x = arena.tensor(window.n, window.h, window.w, c, halo: window.halo, gap: window.gap)
    call.set(CK_V_X, x)
    call.set(CK_V_Y, arena.tensor(window.n, height, width, c, halo: 1, gap: window.gap))
    guard backward else { return call }
    if keepsOutput {
      let y = arena.tensor(window.n, height, width, c)
      var forward = call
      forward.set(CK_V_Y, y)
      forward.set(CK_I_ACCUMULATE, integer: 0)
      forward.run = ck_find(CK_REFERENCE_F32, CK_MAX_POOL)
      arena.run(forward)
      call.set(1, y)
    }
    call.set(CK_V_DX, arena.tensor(window.n, window.h, window.w, c, halo: 1, gap: window.gap))
    return call
  }

  @Test(arguments: [CK_MAX_POOL, CK_AVERAGE_POOL].map(\.rawValue))
  func `forward pools agree with their twins`(op: UInt32) {
    for window in windows {
      for c in channels {
        checkTwins(ck_op(op), "\(window) channels \(c)") {
          build(&$0, window, c, backward: false, keepsOutput: false)
        }
      }
    }
  }

  @Test(arguments: [CK_MAX_POOL_GRAD, CK_AVERAGE_POOL_GRAD].map(\.rawValue), [false, true])
  func `backward pools agree with their twins`(op: UInt32, keepsOutput: Bool) {
    for window in windows {
      for c in channels {
        checkTwins(ck_op(op), "\(window) channels \(c)") {
          build(&$0, window, c, backward: true, keepsOutput: keepsOutput)
        }
      }
    }
  }

  /// How many windows are taken at once depends on what is left of a row and on what lies outside.
  @Test(arguments: [CK_MAX_POOL_GRAD, CK_AVERAGE_POOL_GRAD].map(\.rawValue))
  func `backward pools agree with their twins at every width`(op: UInt32) {
    for width in 1...20 {
      for (kernel, stride, pad) in [(3, 1, 1), (3, 2, 1), (3, 1, 0), (2, 2, 0)]
      where width + 2 * pad >= kernel {
        let window = WindowCase(
          n: 2, h: 5, w: width, kernel: (kernel, kernel), stride: (stride, stride), pad: (pad, pad))
        for c in [16, 21] {
          checkTwins(ck_op(op), "\(window) channels \(c)") {
            build(&$0, window, c, backward: true, keepsOutput: false)
          }
        }
      }
    }
  }

  @Test(arguments: [CK_MAX_POOL, CK_AVERAGE_POOL].map(\.rawValue))
  func `very wide images are pooled too`(op: UInt32) {
    let gradient = ck_op(op) == CK_MAX_POOL ? CK_MAX_POOL_GRAD : CK_AVERAGE_POOL_GRAD
    let wide = [
      WindowCase(n: 1, h: 3, w: 300, stride: (2, 2)), WindowCase(n: 1, h: 4, w: 700),
      WindowCase(n: 1, h: 2, w: 600, kernel: (2, 2), stride: (2, 2), pad: (0, 0)),
      WindowCase(n: 1, h: 2, w: 400, kernel: (1, 300), pad: (0, 150)),
    ]
    for window in wide {
      checkTwins(ck_op(op), "\(window)") {
        build(&$0, window, 9, backward: false, keepsOutput: false)
      }
      checkTwins(gradient, "\(window)", tolerance: 1e-5) {
        build(&$0, window, 9, backward: true, keepsOutput: false)
      }
    }
  }

  /// The gradient of a maximum keeps two rows of as many channels as fit beside each other.
  @Test func `a maximum's gradient agrees with its twin whatever the rows that are kept`() {
    for (h, w, c) in [(3, 8, 300), (4, 20, 133), (2, 130, 40), (5, 268, 17), (3, 269, 17)] {
      for accumulates in [false, true] {
        let window = WindowCase(n: 2, h: h, w: w, gap: 1, accumulate: accumulates)
        checkTwins(CK_MAX_POOL_GRAD, "\(window) channels \(c)") {
          build(&$0, window, c, backward: true, keepsOutput: false)
        }
      }
    }
  }

  @Test(arguments: [0, 1])
  func `global pools agree with their twins`(accumulate: Int) {
    for c in channels {
      for (h, w) in [(8, 8), (1, 1), (3, 5)] {
        checkTwins(CK_GLOBAL_AVERAGE_POOL, "\(h)x\(w)x\(c)") { arena in
          var call = ck_new_call(nil)
          call.set(CK_I_ACCUMULATE, integer: accumulate)
          call.set(CK_V_X, arena.tensor(3, h, w, c, halo: 1, gap: 2))
          call.set(CK_V_Y, arena.tensor(3, 1, 1, c, gap: 1))
          return call
        }
        checkTwins(CK_GLOBAL_AVERAGE_POOL_GRAD, "\(h)x\(w)x\(c)") { arena in
          var call = ck_new_call(nil)
          call.set(CK_I_ACCUMULATE, integer: accumulate)
          call.set(CK_V_DY, arena.tensor(3, 1, 1, c, gap: 1))
          call.set(CK_V_DX, arena.tensor(3, h, w, c, halo: 1, gap: 2))
          return call
        }
      }
    }
  }
}
