/// A search space as the registry lists it.
package struct SpaceEntry: RegistryEntry {
  /// What samples a space can read.
  package enum InputKind: String, Codable, Sendable {
    case image, tabular
  }

  package let id: String
  /// Raised whenever the same genotype would decode to another network.
  package let version: Int
  package let summary: String
  package let paper: String
  package let inputs: [InputKind]
  package let parameters: [Parameter]
  package let make: @Sendable (Parameters) throws -> any SearchSpace

  package init(
    id: String, version: Int, summary: String, paper: String, inputs: [InputKind],
    parameters: [Parameter], make: @escaping @Sendable (Parameters) throws -> any SearchSpace
  ) {
    self.id = id
    self.version = version
    self.summary = summary
    self.paper = paper
    self.inputs = inputs
    self.parameters = parameters
    self.make = make
  }
}
