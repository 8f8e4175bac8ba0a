/// Everything a request can name, handed to the rim by the wiring.
package struct Catalog: Sendable {
  package let spaces: Registry<SpaceEntry>
  package let strategies: Registry<StrategyEntry>
  package let pruners: Registry<PrunerEntry>
  /// Ids of all proxies.
  package let proxies: [String]
  package let formats: Registry<DatasetFormat>
  package let exporters: [any Exporter]
  /// Decodes a genotype on an input shape.
  ///
  /// - Throws: `SpaceError` when the choices do not fit the shape.
  package let decode:
    @Sendable (
      _ space: ComponentChoice, _ genotype: Genotype, _ input: TensorShape, _ classes: Int
    ) throws -> Architecture

  package init(
    spaces: Registry<SpaceEntry>, strategies: Registry<StrategyEntry>,
    pruners: Registry<PrunerEntry> = Registry([]), proxies: [String] = [],
    formats: Registry<DatasetFormat>, exporters: [any Exporter],
    decode:
      @escaping @Sendable (
        _ space: ComponentChoice, _ genotype: Genotype, _ input: TensorShape, _ classes: Int
      ) throws -> Architecture
  ) {
    self.spaces = spaces
    self.strategies = strategies
    self.pruners = pruners
    self.proxies = proxies
    self.formats = formats
    self.exporters = exporters
    self.decode = decode
  }

  /// The space of a checked choice.
  package func space(_ choice: ComponentChoice) throws -> any SearchSpace {
    guard let entry = spaces[choice.name] else {
      throw SpaceError("no space '\(choice.name)'; known are \(spaces.ids.joined(separator: ", "))")
    }
    var faults: [Fault] = []
    let parameters = Parameters(
      choice.params, for: entry.parameters, at: "/space/params", faults: &faults)
    if let fault = faults.first { throw SpaceError("\(fault.pointer): \(fault.detail)") }
    return try entry.make(parameters)
  }

  /// How many supernets a job with this choice trains before its first proposal; 0 for most strategies.
  package func supernets(_ choice: ComponentChoice) -> Int {
    guard let entry = strategies[choice.name], let supernets = entry.supernets else { return 0 }
    var faults: [Fault] = []
    let parameters = Parameters(
      choice.params, for: entry.parameters, at: "/strategy/params", faults: &faults)
    return faults.isEmpty ? max(1, supernets(parameters)) : 0
  }

  /// Most threads of one supernet.
  private static let mostSupernetThreads = 4

  /// Threads of a supernet's training: one alone takes the cores that would be idle beside it; nil
  /// where a job with this choice trains none.
  package func supernetThreads(_ choice: ComponentChoice, slots: Int) -> Int? {
    let supernets = supernets(choice)
    guard supernets > 0 else { return nil }
    return supernets == 1 ? min(Catalog.mostSupernetThreads, max(1, slots)) : 1
  }
}
