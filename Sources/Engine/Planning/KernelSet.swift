internal import CKernels

/// Which kernels a plan runs on; besides the fast ones, the scalar twins that tests compare with.
package enum KernelSet: Hashable, Sendable {
  case fast(InstructionSet)
  /// The scalar twins in single precision.
  case reference
  /// The scalar twins in double precision.
  case referenceDouble

  var isa: ck_isa {
    switch self {
    case .fast(let set): set.isa
    case .reference: CK_REFERENCE_F32
    case .referenceDouble: CK_REFERENCE_F64
    }
  }

  /// Bytes of one element of the arena.
  package var elementBytes: Int { self == .referenceDouble ? 8 : 4 }
}
