import CKernels
import Testing

@Suite struct ElementwiseTests {
  struct Layout {
    var n = 3
    var h = 5
    var w = 4
    var c = 8
    var halo = 0
    var gap = 0
  }

  private let layouts = [
    Layout(), Layout(c: 1), Layout(c: 7, gap: 2), Layout(c: 37, halo: 2), Layout(n: 1, c: 16),
    Layout(n: 2, h: 1, w: 1, c: 130, gap: 1), Layout(h: 1, w: 7, c: 3),
  ]

  private func tensor(_ arena: inout TestArena, _ layout: Layout, flat: Bool = false) -> ck_view {
    arena.tensor(
      layout.n, layout.h, layout.w, layout.c, halo: flat ? 0 : layout.halo,
      gap: flat ? 0 : layout.gap)
  }

  @Test(
    arguments: [CK_RELU, CK_RELU_GRAD, CK_COPY, CK_FILL, CK_ZERO_HALO].map(\.rawValue), [0, 1])
  func `pointwise operations agree with their twins`(op: UInt32, accumulate: Int) {
    for layout in layouts {
      for flatInput in [false, true] {
        checkTwins(ck_op(op), "\(layout)") { arena in
          var call = ck_new_call(nil)
          call.set(CK_I_ACCUMULATE, integer: accumulate)
          call.set(CK_F_VALUE, real: 0.5)
          call.set(CK_V_X, tensor(&arena, layout, flat: flatInput))
          call.set(CK_V_Y, tensor(&arena, layout))
          if ck_op(op) == CK_RELU_GRAD { call.set(CK_V_DX, tensor(&arena, layout)) }
          return call
        }
      }
    }
  }

  @Test(arguments: [1, 2, 4, 37], [0, 1])
  func `shuffled channels agree with their twin`(groups: Int, accumulate: Int) {
    for var layout in layouts {
      layout.c *= groups
      for flatInput in [false, true] {
        checkTwins(CK_SHUFFLE, "\(layout)") { arena in
          var call = ck_new_call(nil)
          call.set(CK_I_ACCUMULATE, integer: accumulate)
          call.set(CK_I_GROUPS, integer: groups)
          call.set(CK_V_X, tensor(&arena, layout, flat: flatInput))
          call.set(CK_V_Y, tensor(&arena, layout))
          return call
        }
      }
    }
  }

  @Test func `six channels of two groups are dealt out in turn`() {
    for isa in fastSets + [CK_REFERENCE_F32] {
      var arena = TestArena()
      let (x, y) = (arena.vector(6), arena.vector(6))
      var call = ck_new_call(ck_find(isa, CK_SHUFFLE))
      call.set(CK_I_GROUPS, integer: 2)
      call.set(CK_V_X, x)
      call.set(CK_V_Y, y)
      let before = arena.read(x)
      arena.run(call)
      #expect(arena.read(y) == [0, 3, 1, 4, 2, 5].map { before[$0] })
    }
  }

  @Test func `zeroing a halo leaves zeros around an untouched interior`() {
    for isa in fastSets + [CK_REFERENCE_F32] {
      var arena = TestArena()
      var view = arena.tensor(2, 3, 4, 5, halo: 2, value: 7)
      // Lie about the interior, so that the old interior's rim is the new halo.
      view.halo = 1
      view.offset += view.sh + view.sw
      (view.h, view.w) = (1, 2)
      var call = ck_new_call(ck_find(isa, CK_ZERO_HALO))
      call.set(CK_V_Y, view)
      arena.run(call)
      var whole = view
      whole.offset -= view.sh + view.sw
      (whole.h, whole.w) = (3, 4)
      #expect(arena.read(whole).filter { $0 == 7 }.count == 2 * 2 * 5)
      #expect(arena.read(view).allSatisfy { $0 == 7 })
    }
  }

  @Test(arguments: 1...6, [0, 1])
  func `sums of up to six tensors agree with their twin`(count: Int, accumulate: Int) {
    for layout in layouts {
      checkTwins(CK_ADD, "\(layout)") { arena in
        var call = ck_new_call(nil)
        call.set(CK_I_COUNT, integer: count)
        call.set(CK_I_ACCUMULATE, integer: accumulate)
        call.set(CK_I_RELU, integer: count % 2)
        for k in 0..<count { call.set(k, tensor(&arena, layout, flat: k == 1)) }
        call.set(CK_V_SUM, tensor(&arena, layout))
        return call
      }
    }
  }

  @Test(arguments: [CK_ADD, CK_RELU, CK_DROPOUT, CK_BATCH_NORM, CK_SOFTMAX].map(\.rawValue))
  func `an output may take the place of the input`(op: UInt32) {
    checkTwins(ck_op(op), tolerance: 1e-5) { arena in
      var call = ck_new_call(nil)
      let x = arena.tensor(2, 3, 3, 21, halo: 1)
      call.set(CK_V_X, x)
      call.set(CK_V_Y, x)
      call.set(CK_V_SUM, x)
      if ck_op(op) == CK_ADD { call.set(1, arena.tensor(2, 3, 3, 21)) }
      if ck_op(op) == CK_BATCH_NORM {
        call.set(CK_V_STATS, arena.tensor(1, 1, 2, 21))
        call.set(CK_V_MOMENTS, arena.positive(3 * 21))
        call.set(CK_I_PARTS, integer: 1)
        call.set(CK_V_RUNNING_VAR, ck_absent)
      }
      if ck_op(op) == CK_DROPOUT {
        call.set(CK_V_CONTROLS, arena.controls(ck_controls()))
        call.set(CK_F_RATE, real: 0.25)
      } else {
        call.set(CK_F_EPSILON, real: 1e-5)
      }
      call.set(CK_I_COUNT, integer: 2)
      return call
    }
  }

  @Test func `a gradient may take the place of the activation it is for`() {
    for channels in [3, 21, 64] {
      checkTwins(CK_MAX_POOL_GRAD, "\(channels)") { arena in
        var call = ck_new_call(nil)
        let x = arena.tensor(2, 6, 8, channels, halo: 1)
        call.set(CK_V_X, x)
        call.set(CK_V_DX, x)
        call.set(CK_V_DY, arena.tensor(2, 3, 4, channels))
        for role in [CK_I_KERNEL_H, CK_I_KERNEL_W, CK_I_STRIDE_H, CK_I_STRIDE_W] {
          call.set(role, integer: 2)
        }
        call.set(CK_I_DILATION_H, integer: 1)
        call.set(CK_I_DILATION_W, integer: 1)
        return call
      }
      for outputs in [5, 300] {
        checkTwins(CK_LINEAR_GRAD_INPUT, "\(channels), \(outputs)", tolerance: 1e-5) { arena in
          var call = ck_new_call(nil)
          let x = arena.tensor(7, 1, 1, channels)
          call.set(CK_V_X, x)
          call.set(CK_V_DX, x)
          call.set(CK_V_DY, arena.tensor(7, 1, 1, outputs))
          call.set(CK_V_WEIGHT, arena.vector(channels * outputs))
          call.set(CK_V_SCRATCH, arena.vector(channels * outputs))
          call.set(CK_I_RELU, integer: 1)
          return call
        }
      }
    }
  }

  @Test(arguments: [0, 1])
  func `dropout masks agree with their twins, of elements and of paths`(paths: Int) {
    for layout in layouts {
      for (op, input, output) in [
        (CK_DROPOUT, CK_V_X, CK_V_Y), (CK_DROPOUT_GRAD, CK_V_DY, CK_V_DX),
      ] {
        checkTwins(op, "\(layout)") { arena in
          var call = ck_new_call(nil)
          call.set(input, tensor(&arena, layout))
          call.set(output, tensor(&arena, layout))
          call.set(CK_F_RATE, real: 0.3)
          call.set(CK_I_CALL, integer: 5)
          call.set(CK_I_PATHS, integer: paths)
          call.set(CK_I_IMAGE, integer: 3)
          var controls = ck_controls()
          (controls.seed, controls.step, controls.progress) = (.max - 5, 17, 0.75)
          call.set(CK_V_CONTROLS, arena.controls(controls))
          return call
        }
      }
    }
  }

  @Test func `dropout keeps the share it should, differently for layers, steps and seeds`() {
    var masks: Set<[Bool]> = []
    for (layer, step, seed) in [(0, 0, 1), (1, 0, 1), (0, 1, 1), (0, 0, 2)] {
      var arena = TestArena()
      var call = ck_new_call(ck_find(ck_best(), CK_DROPOUT))
      let y = arena.vector(8192)
      call.set(CK_V_X, arena.vector(8192, value: 1))
      call.set(CK_V_Y, y)
      call.set(CK_F_RATE, real: 0.2)
      call.set(CK_I_CALL, integer: layer)
      var controls = ck_controls()
      (controls.seed, controls.step) = (UInt64(seed), UInt64(step))
      call.set(CK_V_CONTROLS, arena.controls(controls))
      arena.run(call)
      let kept = arena.read(y).filter { $0 != 0 }
      #expect(abs(Double(kept.count) / 8192 - 0.8) < 0.02)
      #expect(kept.allSatisfy { $0 == 1.25 })
      masks.insert(arena.read(y).map { $0 != 0 })
    }
    #expect(masks.count == 4)
  }

  @Test(arguments: [0, 0.5, 1])
  func `a path keeps 1 − progress · rate of its samples whole, and their mean stays`(
    progress: Double
  ) {
    let (images, pixels, channels, draws) = (100, 4, 3, 100)
    var kept = 0
    for step in 0..<draws {
      var arena = TestArena()
      var call = ck_new_call(ck_find(ck_best(), CK_DROPOUT))
      let y = arena.tensor(images, 2, 2, channels, value: 0)
      call.set(CK_V_X, arena.tensor(images, 2, 2, channels, value: 1))
      call.set(CK_V_Y, y)
      call.set(CK_F_RATE, real: 0.4)
      call.set(CK_I_PATHS, integer: 1)
      var controls = ck_controls()
      (controls.seed, controls.step, controls.progress) = (3, UInt64(step), progress)
      call.set(CK_V_CONTROLS, arena.controls(controls))
      arena.run(call)
      let values = arena.read(y)
      let scale = Float(1 / (1 - 0.4 * progress))
      for image in 0..<images {
        let sample = values[image * pixels * channels..<(image + 1) * pixels * channels]
        #expect(Set(sample).count == 1 && (sample.first == 0 || sample.first == scale))
        kept += sample.first == 0 ? 0 : 1
      }
    }
    // The mean of 10,000 draws is 1 within three standard errors.
    let keep = 1 - 0.4 * progress
    let error = (keep * (1 - keep) / 10_000).squareRoot()
    #expect(abs(Double(kept) / 10_000 - keep) <= 3 * error)
  }

  @Test func `NaN survives ReLU, maxima, sums and products`() {
    for isa in fastSets + [CK_REFERENCE_F32] {
      for op in [CK_RELU, CK_ADD, CK_MAX_POOL, CK_AVERAGE_POOL, CK_LINEAR, CK_CONV2D] {
        var arena = TestArena()
        var call = ck_new_call(ck_find(isa, op))
        let x = arena.tensor(1, 3, 3, 19, value: 0)
        var values = arena.read(x)
        values[4 * 19 + 3] = .nan
        arena.write(x, values)
        let single = op == CK_LINEAR
        var input = x
        if single { (input.h, input.w, input.c) = (1, 1, 9 * 19) }
        call.set(CK_V_X, input)
        call.set(CK_V_Y, arena.tensor(1, single ? 1 : 3, single ? 1 : 3, 19, value: 0))
        call.set(CK_V_SUM, ck_get_view(&call, Int32(CK_V_Y)))
        if op != CK_ADD && op != CK_RELU {
          call.set(CK_V_WEIGHT, arena.tensor(3, 3, 19, 19, value: 1))
        }
        WindowCase(relu: true).fill(&call)
        call.set(CK_I_COUNT, integer: 1)
        arena.addScratch(op, &call)
        arena.run(call)
        let y = arena.read(ck_get_view(&call, Int32(CK_V_Y)))
        #expect(y.contains { $0.isNaN }, "\(setName(isa)) \(op)")
      }
    }
  }
}
