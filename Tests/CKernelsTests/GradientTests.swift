import CKernels
import Testing

/// The double twins' backward passes against finite differences of their forward passes.
@Suite struct GradientTests {
  private struct Operation {
    var forward: ck_op
    /// Backward operations with the views that they write and the inputs those are gradients of.
    var backward: [(op: ck_op, output: Int, input: Int)]
    /// What goes before the forward pass and before every backward one, on the same views.
    var beforeForward: [ck_op] = []
    var beforeBackward: [ck_op] = []
  }

  /// Runs an operation and those before it on doubles.
  private func run(_ op: ck_op, after before: [ck_op], _ call: ck_call, _ arena: inout TestArena) {
    var call = call
    for op in before + [op] {
      call.run = ck_find(CK_REFERENCE_F64, op)
      arena.runDouble(call)
    }
  }

  /// Demands that for L = sum(y * r) every backward result equals dL / dinput.
  private func check(
    _ operation: Operation, sourceLocation: SourceLocation = #_sourceLocation,
    _ build: (inout TestArena) -> ck_call
  ) {
    var arena = TestArena(seed: 3)
    var call = build(&arena)
    let y = ck_get_view(&call, Int32(CK_V_Y))
    let weights = arena.tensor(Int(y.n), Int(y.h), Int(y.w), Int(y.c))
    var gradients: [(ck_op, ck_call, ck_view, ck_view)] = []
    for step in operation.backward {
      let input = ck_get_view(&call, Int32(step.input))
      let output = arena.tensor(Int(input.n), Int(input.h), Int(input.w), Int(input.c))
      var backward = call
      backward.set(CK_V_DY, weights)
      for role in [CK_V_DX, CK_V_DWEIGHT, CK_V_DBIAS] { backward.set(role, ck_absent) }
      // A gradient of weights may be asked for together with that of the bias.
      if step.op != CK_BATCH_NORM_GRAD && step.output == CK_V_DBIAS {
        let weight = ck_get_view(&call, Int32(CK_V_WEIGHT))
        backward.set(
          CK_V_DWEIGHT,
          arena.tensor(Int(weight.n), Int(weight.h), Int(weight.w), Int(weight.c)))
      }
      backward.set(step.output, output)
      gradients.append((step.op, backward, output, input))
    }
    run(operation.forward, after: operation.beforeForward, call, &arena)
    let r = arena.readDouble(weights)
    func loss(_ arena: TestArena) -> Double {
      zip(arena.readDouble(y), r).reduce(0) { $0 + $1.0 * $1.1 }
    }
    for (op, backward, output, input) in gradients {
      run(op, after: operation.beforeBackward, backward, &arena)
      let analytic = arena.readDouble(output)
      for (index, value) in arena.readDouble(input).enumerated() {
        var losses: [Double] = []
        for delta in [1e-5, -1e-5] {
          var moved = arena
          moved.writeDouble(input, at: index, value + delta)
          run(operation.forward, after: operation.beforeForward, call, &moved)
          losses.append(loss(moved))
        }
        let numeric = (losses[0] - losses[1]) / 2e-5
        if !(abs(numeric - analytic[index]) < 1e-6 * max(1, abs(numeric))) {
          Issue.record(
            "element \(index): \(analytic[index]), by differences \(numeric)",
            sourceLocation: sourceLocation)
          return
        }
      }
    }
  }

  private let windows = [
    WindowCase(n: 2, h: 4, w: 5),
    WindowCase(n: 1, h: 6, w: 5, kernel: (3, 2), stride: (2, 1), pad: (1, 0)),
    WindowCase(n: 1, h: 7, w: 6, stride: (2, 3), dilation: (2, 1), pad: (2, 1)),
  ]

  @Test(arguments: [1, 2, 4])
  func `convolution`(groups: Int) {
    for window in windows {
      for depthwise in [false, true] where !depthwise || groups == 4 {
        check(
          depthwise
            ? Operation(
              forward: CK_DEPTHWISE,
              backward: [
                (CK_DEPTHWISE_GRAD_INPUT, CK_V_DX, CK_V_X),
                (CK_DEPTHWISE_GRAD_WEIGHT, CK_V_DWEIGHT, CK_V_WEIGHT),
                (CK_DEPTHWISE_GRAD_WEIGHT, CK_V_DBIAS, CK_V_BIAS),
              ])
            : Operation(
              forward: CK_CONV2D,
              backward: [
                (CK_CONV2D_GRAD_INPUT, CK_V_DX, CK_V_X),
                (CK_CONV2D_GRAD_WEIGHT, CK_V_DWEIGHT, CK_V_WEIGHT),
                (CK_CONV2D_GRAD_WEIGHT, CK_V_DBIAS, CK_V_BIAS),
              ])
        ) { arena in
          var call = ck_new_call(nil)
          window.fill(&call, groups: groups)
          let oc = depthwise ? 4 : 8
          call.set(CK_V_X, arena.tensor(window.n, window.h, window.w, 4))
          call.set(
            CK_V_WEIGHT, arena.tensor(window.kernel.0, window.kernel.1, 4 / groups, oc))
          call.set(CK_V_BIAS, arena.vector(oc))
          call.set(
            CK_V_Y, arena.tensor(window.n, window.outputHeight, window.outputWidth, oc))
          return call
        }
      }
    }
  }

  @Test func `linear`() {
    check(
      Operation(
        forward: CK_LINEAR,
        backward: [
          (CK_LINEAR_GRAD_INPUT, CK_V_DX, CK_V_X),
          (CK_LINEAR_GRAD_WEIGHT, CK_V_DWEIGHT, CK_V_WEIGHT),
          (CK_LINEAR_GRAD_WEIGHT, CK_V_DBIAS, CK_V_BIAS),
        ])
    ) { arena in
      var call = ck_new_call(nil)
      call.set(CK_V_X, arena.tensor(3, 1, 1, 5))
      call.set(CK_V_WEIGHT, arena.tensor(1, 1, 5, 4))
      call.set(CK_V_BIAS, arena.vector(4))
      call.set(CK_V_Y, arena.tensor(3, 1, 1, 4))
      return call
    }
  }

  @Test(arguments: [0, 1])
  func `batch norm`(relu: Int) {
    check(
      Operation(
        forward: CK_BATCH_NORM,
        backward: [
          (CK_BATCH_NORM_GRAD, CK_V_DX, CK_V_X),
          (CK_BATCH_NORM_GRAD, CK_V_DWEIGHT, CK_V_WEIGHT),
          (CK_BATCH_NORM_GRAD, CK_V_DBIAS, CK_V_BIAS),
        ], beforeForward: [CK_MOMENTS], beforeBackward: [CK_BATCH_NORM_SUMS])
    ) { arena in
      var call = ck_new_call(nil)
      call.set(CK_V_X, arena.tensor(3, 2, 2, 3))
      call.set(CK_V_WEIGHT, arena.positive(3))
      call.set(CK_V_BIAS, arena.vector(3))
      call.set(CK_V_Y, arena.tensor(3, 2, 2, 3))
      call.set(CK_V_STATS, arena.vector(6))
      call.set(CK_V_MOMENTS, arena.vector(9))
      call.set(CK_V_SUMS, arena.vector(6))
      call.set(CK_I_PARTS, integer: 1)
      call.set(CK_I_PIXELS, integer: 12)
      call.set(CK_I_RELU, integer: relu)
      call.set(CK_F_EPSILON, real: 1e-5)
      return call
    }
  }

  @Test func `pools`() {
    for window in windows {
      for (forward, backward) in [
        (CK_MAX_POOL, CK_MAX_POOL_GRAD), (CK_AVERAGE_POOL, CK_AVERAGE_POOL_GRAD),
      ] {
        check(Operation(forward: forward, backward: [(backward, CK_V_DX, CK_V_X)])) { arena in
          var call = ck_new_call(nil)
          window.fill(&call)
          let x = arena.tensor(window.n, window.h, window.w, 2)
          // No two values may be equal: a maximum has no derivative at a tie.
          let count = arena.read(x).count
          arena.write(x, (0..<count).map { Float(($0 * 37) % count) / Float(count) })
          call.set(CK_V_X, x)
          call.set(
            CK_V_Y, arena.tensor(window.n, window.outputHeight, window.outputWidth, 2))
          return call
        }
      }
    }
    check(
      Operation(
        forward: CK_GLOBAL_AVERAGE_POOL, backward: [(CK_GLOBAL_AVERAGE_POOL_GRAD, CK_V_DX, CK_V_X)]
      )
    ) { arena in
      var call = ck_new_call(nil)
      call.set(CK_V_X, arena.tensor(2, 3, 2, 3))
      call.set(CK_V_Y, arena.tensor(2, 1, 1, 3))
      return call
    }
  }

  @Test func `cross-entropy`() {
    var arena = TestArena(seed: 9)
    var call = ck_new_call(ck_find(CK_REFERENCE_F64, CK_SOFTMAX_CROSS_ENTROPY))
    let x = arena.tensor(4, 1, 1, 5)
    let dx = arena.tensor(4, 1, 1, 5)
    call.set(CK_V_X, x)
    call.set(CK_V_DX, dx)
    call.set(CK_V_LABELS, arena.labels([4, 0, 2, 1]))
    var controls = ck_controls()
    controls.rows = 3
    let place = arena.controls(controls)
    call.set(CK_V_CONTROLS, place)
    arena.runDouble(call)
    let analytic = arena.readDouble(dx)
    for (index, value) in arena.readDouble(x).enumerated() {
      var losses: [Double] = []
      for delta in [1e-5, -1e-5] {
        var moved = arena
        moved.writeDouble(x, at: index, value + delta)
        moved.runDouble(call)
        losses.append(moved.doubleControls(at: place).loss_sum / 3)
      }
      #expect(abs((losses[0] - losses[1]) / 2e-5 - analytic[index]) < 1e-7)
    }
  }
}
