import CKernels
import Testing

@Suite struct NormTests {
  struct Case {
    var n = 4
    var h = 5
    var w = 3
    var c = 16
    var halo = 0
    var gap = 0
    var affine = true
    var relu = false
    var running = true
    var accumulate = false
  }

  private let cases = [
    Case(), Case(c: 1), Case(c: 7, relu: true), Case(c: 8, halo: 1, gap: 8, relu: true),
    Case(c: 53, gap: 3, affine: false), Case(n: 64, h: 8, w: 8, c: 24, relu: true, running: false),
    Case(n: 1, h: 2, w: 1, c: 33, halo: 2, accumulate: true),
    Case(n: 3, c: 70, affine: false, relu: true, accumulate: true),
    Case(n: 2, h: 1, w: 1, c: 130), Case(n: 16, h: 4, w: 4, c: 64, accumulate: true),
  ]

  private func base(_ arena: inout TestArena, _ test: Case) -> ck_call {
    var call = ck_new_call(nil)
    call.set(CK_V_X, arena.tensor(test.n, test.h, test.w, test.c, gap: test.gap))
    if test.affine {
      call.set(CK_V_WEIGHT, arena.vector(test.c))
      call.set(CK_V_BIAS, arena.vector(test.c))
    }
    call.set(CK_V_Y, arena.tensor(test.n, test.h, test.w, test.c, halo: test.halo, gap: test.gap))
    call.set(CK_F_EPSILON, real: 1e-5)
    call.set(CK_F_MOMENTUM, real: 0.1)
    call.set(CK_I_RELU, integer: test.relu ? 1 : 0)
    return call
  }

  @Test func `training statistics, outputs and running statistics agree with the twin`() {
    for test in cases {
      checkTwins(CK_BATCH_NORM, "\(test)", tolerance: 1e-5) { arena in
        var call = base(&arena, test)
        call.set(CK_V_STATS, arena.tensor(1, 1, 2, test.c))
        if test.running {
          call.set(CK_V_RUNNING_MEAN, arena.vector(test.c))
          call.set(CK_V_RUNNING_VAR, arena.positive(test.c))
        }
        return call
      }
    }
  }

  @Test func `statistics of values far from zero keep their digits`() {
    checkTwins(CK_BATCH_NORM, tolerance: 3e-6) { arena in
      var call = base(&arena, Case(n: 64, h: 8, w: 8, c: 9))
      let x = ck_get_view(&call, Int32(CK_V_X))
      arena.write(x, arena.read(x).map { 100 + $0 })
      call.set(CK_V_STATS, arena.tensor(1, 1, 2, 9))
      return call
    }
  }

  @Test func `inference agrees with the twin`() {
    for test in cases {
      checkTwins(CK_BATCH_NORM_INFERENCE, "\(test)", tolerance: 1e-5) { arena in
        var call = base(&arena, test)
        call.set(CK_V_RUNNING_MEAN, arena.vector(test.c))
        call.set(CK_V_RUNNING_VAR, arena.positive(test.c))
        return call
      }
    }
  }

  @Test(arguments: [true, false])
  func `gradients agree with the twin`(wantsInput: Bool) {
    for test in cases {
      checkTwins(CK_BATCH_NORM_GRAD, "\(test)", tolerance: 1e-5) { arena in
        var call = base(&arena, test)
        call.set(CK_V_STATS, arena.positive(2 * test.c))
        call.set(CK_I_ACCUMULATE, integer: test.accumulate ? 1 : 0)
        call.set(CK_I_ACCUMULATE_PARAMETERS, integer: test.accumulate ? 1 : 0)
        if wantsInput {
          call.set(
            CK_V_DX,
            arena.tensor(test.n, test.h, test.w, test.c, halo: test.halo, gap: test.gap))
        }
        if test.affine {
          call.set(CK_V_DWEIGHT, arena.vector(test.c))
          call.set(CK_V_DBIAS, arena.vector(test.c))
        }
        return call
      }
    }
  }
}
