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

  /// Moments of `parts` parts with some pixels each, at about what a batch gives.
  private func moments(_ arena: inout TestArena, _ channels: Int, parts: Int) -> ck_view {
    let view = arena.vector(3 * parts * channels)
    var values = arena.read(view)
    for part in 0..<parts {
      for channel in 0..<channels {
        let place = part * 3 * channels + channel
        values[place + channels] = abs(values[place + channels]) + 1
        values[place + 2 * channels] = Float(3 + part)
      }
    }
    arena.write(view, values)
    return view
  }

  @Test func `moments agree with the twin`() {
    for test in cases {
      checkTwins(CK_MOMENTS, "\(test)", tolerance: 1e-5) { arena in
        var call = base(&arena, test)
        call.set(CK_V_MOMENTS, arena.vector(3 * test.c))
        return call
      }
    }
  }

  @Test func `moments of values far from zero keep their digits`() {
    checkTwins(CK_MOMENTS, tolerance: 3e-6) { arena in
      var call = base(&arena, Case(n: 64, h: 8, w: 8, c: 9))
      let x = ck_get_view(&call, Int32(CK_V_X))
      arena.write(x, arena.read(x).map { 100 + $0 })
      call.set(CK_V_MOMENTS, arena.vector(3 * 9))
      return call
    }
  }

  @Test(arguments: [1, 2, 3])
  func `outputs, statistics and running statistics agree with the twin`(parts: Int) {
    for test in cases {
      for op in [CK_BATCH_NORM, CK_BATCH_STATISTICS] {
        checkTwins(op, "\(test)", tolerance: 1e-5) { arena in
          var call = base(&arena, test)
          call.set(CK_V_STATS, arena.tensor(1, 1, 2, test.c))
          call.set(CK_V_MOMENTS, moments(&arena, test.c, parts: parts))
          call.set(CK_I_PARTS, integer: parts)
          call.set(CK_I_ACCUMULATE, integer: test.accumulate ? 1 : 0)
          if test.running {
            call.set(CK_V_RUNNING_MEAN, arena.vector(test.c))
            call.set(CK_V_RUNNING_VAR, arena.positive(test.c))
          }
          return call
        }
      }
    }
  }

  @Test func `parts of a batch have the statistics of the whole`() {
    var arena = TestArena(seed: 9)
    let x = arena.tensor(7, 3, 2, 5)
    arena.write(x, arena.read(x).enumerated().map { 3 + $0.element + Float($0.offset / 90) })
    var call = ck_new_call(nil)
    call.set(CK_F_EPSILON, real: 1e-5)
    let (one, two) = (arena.vector(15), arena.vector(30))
    let stats = [arena.vector(10), arena.vector(10)]
    func measure(_ images: Range<Int>, _ moments: ck_view, part: Int) {
      var (piece, place) = (x, moments)
      piece.offset += Int64(images.lowerBound) * x.sn
      piece.n = Int32(images.count)
      place.offset += Int64(15 * part)
      call.run = ck_find(ck_best(), CK_MOMENTS)
      call.set(CK_V_X, piece)
      call.set(CK_V_MOMENTS, place)
      arena.run(call)
    }
    measure(0..<7, one, part: 0)
    measure(0..<3, two, part: 0)
    measure(3..<7, two, part: 1)
    for (parts, moments) in [(1, one), (2, two)] {
      call.run = ck_find(ck_best(), CK_BATCH_STATISTICS)
      call.set(CK_V_X, x)
      call.set(CK_V_MOMENTS, moments)
      call.set(CK_V_STATS, stats[parts - 1])
      call.set(CK_I_PARTS, integer: parts)
      arena.run(call)
    }
    let (whole, split) = (arena.read(stats[0]), arena.read(stats[1]))
    #expect(zip(whole, split).allSatisfy { abs($0 - $1) < 2e-6 * abs($0) })
  }

  @Test func `inference agrees with the twin`() {
    for test in cases {
      checkTwins(CK_BATCH_NORM_INFERENCE, "\(test)", tolerance: 1e-5) { arena in
        var call = base(&arena, test)
        call.set(CK_V_RUNNING_MEAN, arena.vector(test.c))
        call.set(CK_V_RUNNING_VAR, arena.positive(test.c))
        call.set(CK_I_ACCUMULATE, integer: test.accumulate ? 1 : 0)
        return call
      }
    }
  }

  @Test func `sums of gradients agree with the twin`() {
    for test in cases {
      checkTwins(CK_BATCH_NORM_SUMS, "\(test)", tolerance: 1e-5) { arena in
        var call = base(&arena, test)
        call.set(CK_V_STATS, arena.positive(2 * test.c))
        call.set(CK_V_SUMS, arena.vector(2 * test.c))
        return call
      }
    }
  }

  @Test(arguments: [true, false], [1, 3])
  func `gradients agree with the twin`(wantsInput: Bool, parts: Int) {
    for test in cases {
      checkTwins(CK_BATCH_NORM_GRAD, "\(test)", tolerance: 1e-5) { arena in
        var call = base(&arena, test)
        call.set(CK_V_STATS, arena.positive(2 * test.c))
        call.set(CK_V_SUMS, arena.vector(2 * parts * test.c))
        call.set(CK_I_PARTS, integer: parts)
        call.set(CK_I_PIXELS, integer: parts * test.n * test.h * test.w)
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
