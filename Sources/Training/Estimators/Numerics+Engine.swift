internal import Domain
internal import Engine

extension Numerics {
  /// The engine's instruction set of that name.
  ///
  /// - Throws: `ServiceError(.numericsUnavailable)` when this engine or processor has not what is asked.
  func instructionSet() throws -> InstructionSet {
    guard engineVersion == EngineVersion.current else {
      throw ServiceError(
        .numericsUnavailable,
        "the order asks for engine version \(engineVersion); this is \(EngineVersion.current)")
    }
    guard let set = InstructionSet(rawValue: isa), InstructionSet.supported.contains(set) else {
      let known = InstructionSet.supported.map(\.rawValue).joined(separator: ", ")
      throw ServiceError(
        .numericsUnavailable, "this processor has no \(isa); it has \(known)")
    }
    return set
  }
}
