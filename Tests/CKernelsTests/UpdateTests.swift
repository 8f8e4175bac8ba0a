import CKernels
import Testing

@Suite struct UpdateTests {
  private let counts = [1, 7, 16, 64, 1000, 1037]

  private func update(_ arena: inout TestArena, _ count: Int, flag: Int, step: UInt64) -> ck_call {
    var call = ck_new_call(nil)
    call.set(CK_V_X, arena.vector(count))
    call.set(CK_V_GRADIENT, arena.vector(count))
    var controls = ck_controls()
    (controls.learning_rate, controls.gradient_scale, controls.step) = (0.1, 0.75, step)
    call.set(CK_V_CONTROLS, arena.controls(controls))
    call.set(CK_V_MOMENTUM, arena.vector(count))
    call.set(CK_F_WEIGHT_DECAY, real: 0.01)
    call.set(CK_I_NESTEROV, integer: flag)
    return call
  }

  @Test(arguments: [0, 1])
  func `momentum steps agree with their twin`(nesterov: Int) {
    for count in counts {
      checkTwins(CK_SGD, "\(count)") { arena in
        var call = update(&arena, count, flag: nesterov, step: 0)
        call.set(CK_F_MOMENTUM, real: 0.9)
        return call
      }
    }
  }

  @Test(arguments: [0, 1], [UInt64(0), 9])
  func `Adam steps agree with their twin`(decoupled: Int, step: UInt64) {
    for count in counts {
      checkTwins(CK_ADAM, "\(count)", tolerance: 1e-5) { arena in
        var call = update(&arena, count, flag: decoupled, step: step)
        call.set(CK_V_SECOND, arena.positive(count))
        call.set(CK_F_EPSILON, real: 1e-8)
        call.set(CK_F_BETA1, real: 0.9)
        call.set(CK_F_BETA2, real: 0.999)
        return call
      }
    }
  }

  @Test func `the sum of squares scales gradients down to the norm allowed`() {
    for isa in fastSets + [CK_REFERENCE_F32] {
      for count in counts {
        var arena = TestArena()
        var call = ck_new_call(ck_find(isa, CK_SUM_SQUARES))
        let x = arena.vector(count)
        let place = arena.controls(ck_controls())
        call.set(CK_V_X, x)
        call.set(CK_V_CONTROLS, place)
        arena.run(call)
        let expected = arena.read(x).reduce(0.0) { $0 + Double($1) * Double($1) }
        let sum = arena.controls(at: place).sum_squares
        #expect(abs(sum - expected) <= 1e-6 * expected)
        call.set(CK_I_ACCUMULATE, integer: 1)
        arena.run(call)
        #expect(abs(arena.controls(at: place).sum_squares - 2 * expected) <= 2e-6 * expected)
        call.run = ck_find(isa, CK_CLIP_SCALE)
        call.set(CK_F_MAX_NORM, real: 0.5)
        arena.run(call)
        let norm = (2 * expected).squareRoot()
        let scale = min(1, 0.5 / (norm + 1e-6))
        #expect(abs(arena.controls(at: place).gradient_scale - scale) <= 1e-6)
      }
    }
  }
}
