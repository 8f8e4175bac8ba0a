import CKernels
import Testing

@Suite struct MixtureTests {
  struct Case {
    var n = 3
    var h = 4
    var w = 5
    var c = 8
    var halo = 0
    var gap = 0
    var branches = 4
    /// Bits: absent, of weight 0, normalised.
    var absent = 0
    var weightless = 0
    var normalised = 0
    var accumulate = false
    var parts = 1
  }

  private let cases = [
    Case(), Case(c: 1, branches: 1), Case(c: 7, branches: 8, normalised: 0b1011_0110),
    Case(c: 16, halo: 1, gap: 8, absent: 1, normalised: 0b1110, accumulate: true),
    Case(c: 33, gap: 3, branches: 5, absent: 2, weightless: 4, normalised: 0b11101, parts: 2),
    Case(c: 24, branches: 7, weightless: 0b111_1110, normalised: 0b110_0111),
    Case(n: 20, h: 8, w: 8, c: 8, branches: 7, absent: 1, normalised: 0b111_1100, parts: 3),
    Case(n: 2, h: 1, w: 1, c: 130, branches: 2, weightless: 3, normalised: 3, accumulate: true),
  ]

  private func base(_ arena: inout TestArena, _ test: Case, _ role: Int) -> ck_call {
    var call = ck_new_call(nil)
    let weights = arena.vector(test.branches)
    arena.write(
      weights,
      (0..<test.branches).map { test.weightless >> $0 & 1 == 1 ? 0 : 0.25 * Float($0 + 1) })
    call.set(CK_V_WEIGHT, weights)
    call.set(CK_V_STATS, arena.positive(2 * test.branches * test.c))
    call.set(
      role, arena.tensor(test.n, test.h, test.w, test.c, halo: test.halo, gap: test.gap))
    call.set(CK_I_COUNT, integer: test.branches)
    call.set(CK_I_NORMALISED, integer: test.normalised)
    call.set(CK_I_ACCUMULATE, integer: test.accumulate ? 1 : 0)
    call.set(CK_I_PARTS, integer: test.parts)
    call.set(CK_I_PIXELS, integer: test.parts * test.n * test.h * test.w)
    return call
  }

  /// What is left out holds NaN, which nothing may read.
  private func addBranches(_ arena: inout TestArena, _ test: Case, _ call: inout ck_call) {
    for branch in 0..<test.branches where test.absent >> branch & 1 == 0 {
      let isOut = test.weightless >> branch & 1 == 1
      call.set(
        CK_V_BRANCH + branch,
        arena.tensor(
          test.n, test.h, test.w, test.c, halo: branch % 2, gap: test.gap,
          value: isOut ? .nan : nil))
    }
  }

  @Test func `a mixture agrees with the twin`() {
    for test in cases {
      checkTwins(CK_MIX, "\(test)") { arena in
        var call = base(&arena, test, CK_V_Y)
        addBranches(&arena, test, &call)
        return call
      }
    }
  }

  @Test func `sums for the gradients agree with the twin`() {
    for test in cases {
      checkTwins(CK_MIX_SUMS, "\(test)", tolerance: 1e-5) { arena in
        var call = base(&arena, test, CK_V_DY)
        addBranches(&arena, test, &call)
        call.set(CK_V_MIX_SUMS, arena.vector((test.branches + 1) * test.c))
        return call
      }
    }
  }

  @Test func `gradients of weights and branches agree with the twin`() {
    for test in cases {
      for branch in 0..<test.branches where test.absent >> branch & 1 == 0 {
        checkTwins(CK_MIX_GRAD, "\(test) \(branch)", tolerance: 1e-5) { arena in
          var call = base(&arena, test, CK_V_DY)
          call.set(CK_V_MIX_SUMS, arena.vector(test.parts * (test.branches + 1) * test.c))
          call.set(CK_V_X, arena.tensor(test.n, test.h, test.w, test.c, gap: test.gap))
          call.set(
            CK_V_DX, arena.tensor(test.n, test.h, test.w, test.c, halo: test.halo, gap: test.gap))
          call.set(CK_I_BRANCH, integer: branch)
          return call
        }
      }
      checkTwins(CK_MIX_GRAD_WEIGHT, "\(test)", tolerance: 1e-5) { arena in
        var call = base(&arena, test, CK_V_DY)
        call.set(CK_V_MIX_SUMS, arena.vector(test.parts * (test.branches + 1) * test.c))
        call.set(CK_V_DWEIGHT, arena.vector(test.branches))
        return call
      }
    }
  }

  @Test(arguments: [1, 8, 21])
  func `the gradient of a softmax agrees with the twin`(channels: Int) {
    for accumulate in [0, 1] {
      checkTwins(CK_SOFTMAX_GRAD) { arena in
        var call = ck_new_call(nil)
        call.set(CK_V_X, arena.tensor(2, 1, 3, channels))
        call.set(CK_V_DY, arena.tensor(2, 1, 3, channels, gap: 2))
        call.set(CK_V_DX, arena.tensor(2, 1, 3, channels, gap: 1))
        call.set(CK_I_ACCUMULATE, integer: accumulate)
        return call
      }
    }
  }
}
