/// A set of processor instructions that the fast kernels are compiled for.
package enum InstructionSet: String, Codable, CaseIterable, Sendable {
  case avx512, avx2, generic

  /// The fastest one here; the environment's `ATELIER_ISA` overrides it.
  package static var best: InstructionSet { .generic }

  /// All that this processor can run, fastest first.
  package static var supported: [InstructionSet] { [.generic] }
}
