internal import CKernels

/// The kernels of an instruction set by their operations.
struct KernelTable: Sendable {
  let set: KernelSet
  /// By the number of an operation.
  private let kernels: [ck_kernel]

  /// - Throws: `ShapeError` when this processor lacks the instruction set.
  init(_ set: KernelSet) throws(ShapeError) {
    self.set = set
    var kernels: [ck_kernel] = []
    for operation in 0..<CK_OP_COUNT.rawValue {
      guard let kernel = ck_find(set.isa, ck_op(rawValue: operation)) else {
        throw ShapeError(
          operation: "plan",
          message: "instruction set is \(set); this processor can run "
            + InstructionSet.supported.map(\.rawValue).joined(separator: ", "))
      }
      kernels.append(kernel)
    }
    self.kernels = kernels
  }

  subscript(operation: ck_op) -> ck_kernel { kernels[Int(operation.rawValue)] }
}
