package import Domain

/// All search spaces.
package enum SpaceRegistry {
  package static let all = Registry([
    NASBench201Space.entry, NASChainSpace.entry, MLPSpace.entry, BlockQNNSpace.entry,
    EASChainSpace.entry, NASNetCellSpace.entry, DARTSCellSpace.entry, ENASMacroSpace.entry,
    ENASMicroSpace.entry,
  ])

  /// The space of a choice.
  ///
  /// - Throws: `SpaceError` when there is no such space or a parameter is wrong.
  package static func space(_ choice: ComponentChoice) throws -> any SearchSpace {
    try checked(choice).space
  }

  /// Decodes a genotype on an input shape.
  ///
  /// - Throws: `SpaceError` when there is no such space or the choices do not fit the shape.
  package static func decode(
    _ choice: ComponentChoice, _ genotype: Genotype, input: TensorShape, classes: Int
  ) throws -> Architecture {
    let (entry, parameters, space) = try checked(choice)
    return try Architecture(
      of: space, named: ComponentChoice(entry.id, params: parameters.values),
      version: entry.version, genotype: genotype, input: input, classes: classes)
  }

  private static func checked(
    _ choice: ComponentChoice
  ) throws -> (entry: SpaceEntry, parameters: Parameters, space: any SearchSpace) {
    guard let entry = all[choice.name] else {
      throw SpaceError("no space '\(choice.name)'; known are \(all.ids.joined(separator: ", "))")
    }
    var faults: [Fault] = []
    let parameters = Parameters(
      choice.params, for: entry.parameters, at: "/space/params", faults: &faults)
    if let fault = faults.first { throw SpaceError("\(fault.pointer): \(fault.detail)") }
    return (entry, parameters, try entry.make(parameters))
  }
}
