import CKernels
import Testing

/// Instruction sets under test: all that this processor has.
let fastSets: [ck_isa] = [CK_GENERIC, CK_AVX2, CK_AVX512].filter { ck_supported($0) != 0 }

/// One window of a convolution or a pool, with the extents of what it reads.
struct WindowCase: CustomStringConvertible {
  var n = 2
  var h = 7
  var w = 9
  var kernel = (3, 3)
  var stride = (1, 1)
  var dilation = (1, 1)
  var pad = (1, 1)
  var halo = 0
  var gap = 0
  var accumulate = false
  var relu = false

  var outputHeight: Int { (h + 2 * pad.0 - dilation.0 * (kernel.0 - 1) - 1) / stride.0 + 1 }
  var outputWidth: Int { (w + 2 * pad.1 - dilation.1 * (kernel.1 - 1) - 1) / stride.1 + 1 }

  var description: String {
    "\(n)x\(h)x\(w) kernel \(kernel) stride \(stride) dilation \(dilation) pad \(pad) halo \(halo)"
      + " gap \(gap)\(accumulate ? " accumulate" : "")\(relu ? " relu" : "")"
  }

  func fill(_ call: inout ck_call, groups: Int = 1) {
    let window = [
      kernel.0, kernel.1, stride.0, stride.1, dilation.0, dilation.1, pad.0, pad.1, groups,
    ]
    for (role, value) in window.enumerated() { ck_set_integer(&call, Int32(role), Int64(value)) }
    ck_set_integer(&call, Int32(CK_I_ACCUMULATE), accumulate ? 1 : 0)
    ck_set_integer(&call, Int32(CK_I_RELU), relu ? 1 : 0)
  }
}

extension ck_call {
  mutating func set(_ role: Int, _ view: ck_view) { ck_set_view(&self, Int32(role), view) }
  mutating func set(_ role: Int, integer: Int) {
    ck_set_integer(&self, Int32(role), Int64(integer))
  }
  mutating func set(_ role: Int, real: Double) { ck_set_real(&self, Int32(role), real) }
}

func setName(_ isa: ck_isa) -> String {
  switch isa {
  case CK_GENERIC: "generic"
  case CK_AVX2: "avx2"
  case CK_AVX512: "avx512"
  default: "reference"
  }
}

/// Runs an operation by the float twin, by the double twin and by every instruction set on equal
/// arenas, and demands the same arena everywhere: results within the tolerance, all else untouched.
/// - Units: the tolerance is relative to the largest magnitude of the twin's arena, at least 1.
func checkTwins(
  _ op: ck_op, _ comment: String = "", tolerance: Float = 2e-6, seed: UInt64 = 1,
  sourceLocation: SourceLocation = #_sourceLocation, _ build: (inout TestArena) -> ck_call
) {
  var arena = TestArena(seed: seed)
  var call = build(&arena)
  arena.addScratch(op, &call)
  var twin = arena
  call.run = ck_find(CK_REFERENCE_F32, op)
  twin.run(call)
  var double = arena
  call.run = ck_find(CK_REFERENCE_F64, op)
  double.runDouble(call)
  if let problem = arena.difference(twin.values, double.doubles.map { Float($0) }, tolerance) {
    Issue.record("double twin: \(problem) \(comment)", sourceLocation: sourceLocation)
  }
  for isa in fastSets {
    var fast = arena
    call.run = ck_find(isa, op)
    fast.run(call)
    if let problem = arena.difference(twin.values, fast.values, tolerance) {
      Issue.record("\(setName(isa)): \(problem) \(comment)", sourceLocation: sourceLocation)
    }
  }
}

extension TestArena {
  /// The first element outside scratch, controls and labels that differs by more than the tolerance.
  func difference(_ expected: [Float], _ actual: [Float], _ tolerance: Float) -> String? {
    var compared = Array(repeating: true, count: expected.count)
    for range in raw + [scratch] {
      for k in range { compared[k] = false }
    }
    var scale: Float = 1
    for k in expected.indices where compared[k] && expected[k].isFinite {
      scale = max(scale, abs(expected[k]))
    }
    for k in expected.indices where compared[k] {
      let (a, b) = (expected[k], actual[k])
      if a.isNaN && b.isNaN { continue }
      if !(abs(a - b) <= tolerance * scale) { return "element \(k): \(b) instead of \(a)" }
    }
    return nil
  }
}
