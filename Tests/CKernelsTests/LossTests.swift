import CKernels
import Testing

@Suite struct LossTests {
  private func loss(
    _ arena: inout TestArena, n: Int, c: Int, rows: Int, gradient: Bool, scale: Float
  ) -> ck_call {
    var call = ck_new_call(nil)
    let x = arena.tensor(n, 1, 1, c, gap: 2)
    arena.write(x, arena.read(x).map { $0 * scale })
    call.set(CK_V_X, x)
    call.set(CK_V_LABELS, arena.labels((0..<n).map { Int32(($0 * 7 + 3) % c) }))
    var controls = ck_controls()
    controls.rows = Int64(rows)
    call.set(CK_V_CONTROLS, arena.controls(controls))
    if gradient { call.set(CK_V_DX, arena.tensor(n, 1, 1, c, gap: 1)) }
    return call
  }

  @Test(arguments: [true, false], [Float(1), 60])
  func `loss, count and gradient agree with the twin`(gradient: Bool, scale: Float) {
    for (n, c, rows) in [(64, 10, 64), (5, 3, 2), (7, 100, 7), (3, 1, 3), (16, 16, 9), (4, 33, 1)] {
      checkTwins(CK_SOFTMAX_CROSS_ENTROPY, "\(n)x\(c), \(rows) rows", tolerance: 2e-6) {
        loss(&$0, n: n, c: c, rows: rows, gradient: gradient, scale: scale)
      }
      var arena = TestArena()
      var call = loss(&arena, n: n, c: c, rows: rows, gradient: gradient, scale: scale)
      let place = ck_get_view(&call, Int32(CK_V_CONTROLS))
      var twin = arena
      call.run = ck_find(CK_REFERENCE_F64, CK_SOFTMAX_CROSS_ENTROPY)
      twin.runDouble(call)
      let expected = twin.doubleControls(at: place)
      for isa in fastSets {
        var fast = arena
        call.run = ck_find(isa, CK_SOFTMAX_CROSS_ENTROPY)
        fast.run(call)
        let actual = fast.controls(at: place)
        #expect(actual.correct == expected.correct)
        #expect(abs(actual.loss_sum - expected.loss_sum) <= 1e-5 * max(1, expected.loss_sum))
      }
    }
  }

  @Test func `an unknown label poisons the loss and touches nothing else`() {
    for isa in fastSets + [CK_REFERENCE_F32] {
      var arena = TestArena()
      var call = ck_new_call(ck_find(isa, CK_SOFTMAX_CROSS_ENTROPY))
      call.set(CK_V_X, arena.tensor(2, 1, 1, 3))
      call.set(CK_V_LABELS, arena.labels([1, 3]))
      var controls = ck_controls()
      controls.rows = 2
      let place = arena.controls(controls)
      call.set(CK_V_CONTROLS, place)
      let dx = arena.tensor(2, 1, 1, 3)
      call.set(CK_V_DX, dx)
      arena.run(call)
      #expect(arena.controls(at: place).loss_sum.isNaN)
      #expect(arena.read(dx)[3...].allSatisfy { $0 == 0 })
      #expect(arena.read(dx)[..<3].contains { $0 != 0 })
    }
  }

  @Test func `softmax agrees with its twin`() {
    for (n, h, c) in [(3, 1, 10), (2, 4, 5), (1, 1, 130), (2, 2, 16)] {
      checkTwins(CK_SOFTMAX, "\(n)x\(h)x\(c)") { arena in
        var call = ck_new_call(nil)
        call.set(CK_V_X, arena.tensor(n, h, h, c, gap: 1))
        call.set(CK_V_Y, arena.tensor(n, h, h, c, halo: 1))
        return call
      }
    }
  }
}
