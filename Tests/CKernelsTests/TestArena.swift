import CKernels

/// An arena for one call: tensors with halos and gaps, everything that no kernel may read set to NaN.
struct TestArena {
  private(set) var values: [Float] = []
  private(set) var doubles: [Double] = []
  /// Elements whose bytes are not elements: controls and labels.
  private(set) var raw: [Range<Int>] = []
  private(set) var scratch = 0..<0
  private var state: UInt64

  init(seed: UInt64 = 1) { state = seed }

  /// A number in -1 ..< 1 with few bits, so that ties and exact zeros occur.
  mutating func number() -> Float {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Float(Int64(z >> 57) - 64) / 64
  }

  /// A tensor of random values inside `halo` zeros, with `gap` foreign channels behind its own.
  mutating func tensor(
    _ n: Int, _ h: Int, _ w: Int, _ c: Int, halo: Int = 0, gap: Int = 0, value: Float? = nil
  ) -> ck_view {
    let start = values.count + 3  // no alignment may be taken for granted
    let pitch = c + gap
    let row = (w + 2 * halo) * pitch
    let image = (h + 2 * halo) * row
    values += Array(repeating: .nan, count: 3 + n * image)
    for (image0, y, x) in Self.pixels(n, h + 2 * halo, w + 2 * halo) {
      let inside = y >= halo && y < h + halo && x >= halo && x < w + halo
      for channel in 0..<c {
        let place = start + image0 * image + y * row + x * pitch + channel
        values[place] = inside ? value ?? number() : 0
      }
    }
    let first = start + halo * row + halo * pitch
    return ck_view(
      offset: Int64(first), n: Int32(n), h: Int32(h), w: Int32(w), c: Int32(c), sn: Int64(image),
      sh: Int64(row), sw: Int64(pitch), halo: Int32(halo))
  }

  mutating func vector(_ count: Int, value: Float? = nil) -> ck_view {
    tensor(1, 1, 1, count, value: value)
  }

  /// A vector of positive values, for variances and second moments.
  mutating func positive(_ count: Int) -> ck_view {
    let view = vector(count)
    for k in 0..<count { values[Int(view.offset) + k] = abs(values[Int(view.offset) + k]) + 0.25 }
    return view
  }

  mutating func controls(_ controls: ck_controls) -> ck_view {
    while values.count % 16 != 0 { values.append(.nan) }
    let words = withUnsafeBytes(of: controls) { Array($0.bindMemory(to: Float.self)) }
    return rawView(words)
  }

  mutating func labels(_ labels: [Int32]) -> ck_view {
    rawView(labels.map { Float(bitPattern: UInt32(bitPattern: $0)) })
  }

  mutating func addScratch(_ op: ck_op, _ call: inout ck_call) {
    let count = Int(ck_scratch(op, &call))
    let view = vector(count, value: .nan)
    scratch = Int(view.offset)..<Int(view.offset) + count
    if count > 0 { ck_set_view(&call, Int32(CK_V_SCRATCH), view) }
  }

  /// Runs the calls on floats.
  mutating func run(_ calls: [ck_call]) {
    values.withUnsafeMutableBytes { arena in
      for var call in calls { ck_run(arena.baseAddress, &call, 1, nil) }
    }
  }

  mutating func run(_ call: ck_call) { run([call]) }

  /// Runs the call on the same values as doubles; the result is in `doubles`.
  mutating func runDouble(_ call: ck_call) {
    var call = call
    if doubles.isEmpty { doubles = converted() }
    doubles.withUnsafeMutableBytes { ck_run($0.baseAddress, &call, 1, nil) }
  }

  func controls(at view: ck_view) -> ck_controls {
    values.withUnsafeBytes { $0.load(fromByteOffset: Int(view.offset) * 4, as: ck_controls.self) }
  }

  func doubleControls(at view: ck_view) -> ck_controls {
    doubles.withUnsafeBytes { $0.load(fromByteOffset: Int(view.offset) * 8, as: ck_controls.self) }
  }

  /// The interior of a view in NHWC order.
  func read(_ view: ck_view) -> [Float] { Self.places(view).map { values[$0] } }
  func readDouble(_ view: ck_view) -> [Double] { Self.places(view).map { doubles[$0] } }

  mutating func write(_ view: ck_view, _ new: [Float]) {
    for (place, value) in zip(Self.places(view), new) { values[place] = value }
  }

  mutating func writeDouble(_ view: ck_view, at index: Int, _ value: Double) {
    doubles[Self.places(view)[index]] = value
  }

  mutating func prepareDoubles() { doubles = converted() }

  static func places(_ view: ck_view) -> [Int] {
    pixels(Int(view.n), Int(view.h), Int(view.w)).flatMap { n, h, w in
      let first = Int(view.offset) + n * Int(view.sn) + h * Int(view.sh) + w * Int(view.sw)
      return (0..<Int(view.c)).map { first + $0 }
    }
  }

  private mutating func rawView(_ words: [Float]) -> ck_view {
    let start = values.count
    values += words
    // In double the same bytes take half the elements; the rest is never looked at.
    raw.append(start..<values.count)
    return ck_view(
      offset: Int64(start), n: 1, h: 1, w: 1, c: Int32(words.count), sn: 0, sh: 0, sw: 0, halo: 0)
  }

  private func converted() -> [Double] {
    var result = values.map(Double.init)
    for range in raw {
      let words = values[range].map(\.bitPattern)
      result.withUnsafeMutableBytes { bytes in
        words.withUnsafeBytes { source in
          let target = UnsafeMutableRawBufferPointer(rebasing: bytes[(range.lowerBound * 8)...])
          target.copyMemory(from: source)
        }
      }
    }
    return result
  }

  private static func pixels(_ n: Int, _ h: Int, _ w: Int) -> [(Int, Int, Int)] {
    (0..<n).flatMap { image in (0..<h).flatMap { y in (0..<w).map { (image, y, $0) } } }
  }
}
