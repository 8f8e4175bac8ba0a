import CKernels
import Testing

@Suite struct LinearTests {
  /// Rows, inputs, outputs.
  private let extents = [
    (64, 64, 128), (64, 128, 10), (1, 1, 1), (7, 5, 3), (33, 17, 49), (13, 100, 20), (64, 48, 10),
    (3, 260, 35), (5, 40, 64),
  ]
  /// Extents for which blocks are copied: of all three passes, with rows, columns and depth left over.
  private let large = [(420, 600, 147), (131, 530, 400)]

  private func call(_ accumulate: Bool, _ relu: Bool) -> ck_call {
    var call = ck_new_call(nil)
    call.set(CK_I_ACCUMULATE, integer: accumulate ? 1 : 0)
    call.set(CK_I_RELU, integer: relu ? 1 : 0)
    return call
  }

  @Test(arguments: [false, true], [false, true])
  func `linear layers agree with their twins`(accumulate: Bool, relu: Bool) {
    for (n, inputs, outputs) in extents + large {
      let comment = "\(n) x \(inputs) -> \(outputs)"
      checkTwins(CK_LINEAR, comment) { arena in
        var call = call(accumulate, relu)
        call.set(CK_V_X, arena.tensor(n, 1, 1, inputs, gap: 2))
        call.set(CK_V_WEIGHT, arena.tensor(1, 1, inputs, outputs))
        if !relu { call.set(CK_V_BIAS, arena.vector(outputs)) }
        call.set(CK_V_Y, arena.tensor(n, 1, 1, outputs, gap: 3))
        return call
      }
      checkTwins(CK_LINEAR_GRAD_INPUT, comment) { arena in
        var call = call(accumulate, relu)
        if relu { call.set(CK_V_X, arena.tensor(n, 1, 1, inputs, gap: 2)) }
        call.set(CK_V_WEIGHT, arena.tensor(1, 1, inputs, outputs))
        call.set(CK_V_DY, arena.tensor(n, 1, 1, outputs, gap: 3))
        call.set(CK_V_DX, arena.tensor(n, 1, 1, inputs, gap: 1))
        return call
      }
      checkTwins(CK_LINEAR_GRAD_WEIGHT, comment) { arena in
        var call = call(accumulate, false)
        call.set(CK_V_X, arena.tensor(n, 1, 1, inputs, gap: 2))
        call.set(CK_V_DY, arena.tensor(n, 1, 1, outputs, gap: 3))
        call.set(CK_V_DWEIGHT, arena.tensor(1, 1, inputs, outputs))
        if relu { call.set(CK_V_DBIAS, arena.vector(outputs)) }
        return call
      }
    }
  }

  @Test(arguments: [0, 1], [0, 1])
  func `products of plain and transposed matrices agree with their twin`(a: Int, b: Int) {
    for (m, k, n) in extents + [(70, 300, 90), (140, 900, 150)] {
      for accumulate in [0, 1] {
        checkTwins(CK_GEMM, "\(m) x \(k) x \(n)") { arena in
          var call = ck_new_call(nil)
          call.set(CK_I_TRANSPOSE_A, integer: a)
          call.set(CK_I_TRANSPOSE_B, integer: b)
          call.set(CK_I_ACCUMULATE, integer: accumulate)
          call.set(0, arena.tensor(a == 1 ? k : m, 1, 1, a == 1 ? m : k, gap: 1))
          call.set(1, arena.tensor(b == 1 ? n : k, 1, 1, b == 1 ? k : n, gap: 2))
          call.set(3, arena.tensor(m, 1, 1, n, gap: 3))
          return call
        }
      }
    }
  }
}
