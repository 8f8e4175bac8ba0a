import Engine

extension KernelSet {
  /// The scalar twins and every instruction set of this processor.
  static var singlePrecision: [KernelSet] { [.reference] + fastest }

  /// Every instruction set of this processor.
  static var fastest: [KernelSet] { InstructionSet.supported.map { .fast($0) } }
}
