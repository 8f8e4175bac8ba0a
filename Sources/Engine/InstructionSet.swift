internal import CKernels

/// A set of processor instructions that the fast kernels are compiled for.
package enum InstructionSet: String, Codable, CaseIterable, Sendable {
  case avx512, avx2, generic

  /// The fastest one here; the environment's `ATELIER_ISA` overrides it.
  package static var best: InstructionSet {
    let best = ck_best()
    return allCases.first { $0.isa == best } ?? .generic
  }

  /// All that this processor can run, fastest first.
  package static var supported: [InstructionSet] {
    allCases.filter { ck_supported($0.isa) != 0 }
  }

  var isa: ck_isa {
    switch self {
    case .avx512: CK_AVX512
    case .avx2: CK_AVX2
    case .generic: CK_GENERIC
    }
  }
}
