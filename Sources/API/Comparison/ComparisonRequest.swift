package import Domain

/// What a body that asks for a comparison says, with every default filled in.
package struct ComparisonRequest: Sendable {
  /// A table of measured architectures.
  package enum Table: Sendable {
    /// The made-up table and the one that this engine measured, which every installation has.
    case synthetic
    case truth
    case dataset(DatasetContent)
  }

  /// Most evaluations of all runs together, random search among them.
  package static let mostEvaluations = 300_000
  /// What a body that says only the table gets.
  private static let standardEvaluations = [100]
  private static let standardSeeds = 100
  private static let members = ["dataset", "strategies", "evaluations", "seeds", "rule"]

  package let table: Table
  package let contenders: [Contender]
  /// Ascending, each once.
  package let evaluations: [Int]
  package let seeds: Int
  package let rule: SamplingRule
  /// The whole request, a valid body itself.
  package let json: JSONValue

  /// - Parameter dataset: The data set that the body's `dataset` names; nil where there is none.
  /// - Throws: `ServiceError(.validation)` with all faults of the body and their JSON Pointers.
  init(_ body: JSONValue, catalog: Catalog, dataset: Dataset?) throws(ServiceError) {
    var faults = FaultCollector()
    let fields = faults.object(body, at: "", members: ComparisonRequest.members)
    guard fields != nil else {
      if faults.faults.isEmpty { faults.add("", "must be an object, not \(body.kind)") }
      throw ServiceError(.validation, "the comparison cannot be made", faults: faults.faults)
    }
    let name = fields?["dataset"] ?? .null
    let table = ComparisonRequest.table(name, dataset, &faults)
    contenders = ComparisonRequest.contenders(
      fields?["strategies"], on: table?.space ?? ComparisonRequest.builtInSpace, catalog, &faults)
    evaluations = ComparisonRequest.evaluations(fields?["evaluations"], &faults)
    seeds =
      faults.integer(fields?["seeds"], at: "/seeds", in: 2...10_000)
      ?? ComparisonRequest.standardSeeds
    rule = faults.word(fields?["rule"], at: "/rule", as: SamplingRule.self) ?? .strings
    if faults.faults.isEmpty {
      ComparisonRequest.limit(contenders, evaluations, seeds: seeds, &faults)
    }
    guard faults.faults.isEmpty, let table else {
      throw ServiceError(.validation, "the comparison cannot be made", faults: faults.faults)
    }
    self.table = table.table
    json = [
      "dataset": name,
      "strategies": .array(
        contenders.map { JSONValue(ComponentChoice($0.entry.id, params: $0.parameters.values)) }),
      "evaluations": .array(evaluations.map { .int($0) }), "seeds": .int(seeds),
      "rule": .string(rule.rawValue),
    ]
  }

  /// Space of the tables that every installation has.
  private static let builtInSpace = "nasbench201-cell"

  /// The table that is meant where a name is not a data set's.
  static func builtIn(_ name: String) -> Table? {
    switch name {
    case "synthetic": .synthetic
    case "truth": .truth
    default: nil
    }
  }

  private static func table(
    _ value: JSONValue, _ dataset: Dataset?, _ faults: inout FaultCollector
  ) -> (table: Table, space: String)? {
    let what = "the name of a data set of the format nas-table, \"truth\" or \"synthetic\""
    if value == .null { faults.add("/dataset", "is required: \(what)") }
    guard let name = faults.line(value, at: "/dataset", length: 1...200) else { return nil }
    if let table = builtIn(name) { return (table, builtInSpace) }
    guard let dataset else {
      faults.add("/dataset", "no data set '\(name)'; it must be \(what)")
      return nil
    }
    guard let content = dataset.content, dataset.state == .sealed else {
      faults.add("/dataset", "'\(dataset.name)' is not sealed yet; put its files and seal it")
      return nil
    }
    guard let table = content.table else {
      faults.add(
        "/dataset", "'\(dataset.name)' holds samples, format \(dataset.format); it must be \(what)")
      return nil
    }
    return (.dataset(content), table.space.name)
  }

  private static func contenders(
    _ value: JSONValue?, on space: String, _ catalog: Catalog, _ faults: inout FaultCollector
  ) -> [Contender] {
    let able = catalog.strategies.entries.filter { Contender.fault(of: $0, on: space) == nil }
    let given = faults.elements(value, at: "/strategies", count: 1...16)
    let named = given ?? able.map { .string($0.id) }
    var contenders: [Contender] = []
    for (index, element) in named.enumerated() {
      let place = "/strategies/\(index)"
      let count = faults.faults.count
      guard element != .null else {
        faults.add(place, "must be a strategy, not null")
        continue
      }
      let choice = faults.component(
        element, at: place, in: catalog.strategies, what: "strategy", default: ComponentChoice(""))
      guard faults.faults.count == count, let entry = catalog.strategies[choice.name] else {
        continue
      }
      if let fault = Contender.fault(of: entry, on: space) {
        faults.add(place, fault)
        continue
      }
      let parameters = faults.gather {
        Parameters(choice.params, for: entry.parameters, at: place, faults: &$0)
      }
      let contender = Contender(name(of: entry, parameters), entry, parameters)
      if contenders.contains(where: { $0.name == contender.name }) {
        faults.add(place, "\(contender.name) stands there twice")
      }
      contenders.append(contender)
    }
    return contenders
  }

  /// The strategy and its parameters that are not at their defaults, as one writes them in a command.
  private static func name(of entry: StrategyEntry, _ parameters: Parameters) -> String {
    let set = entry.parameters.compactMap { parameter in
      parameters.values[parameter.name].flatMap { value in
        value == parameter.standard
          ? nil : "\(parameter.name)=\(value.stringValue ?? value.canonical)"
      }
    }
    return entry.id + (set.isEmpty ? "" : ":" + set.joined(separator: ";"))
  }

  private static func evaluations(
    _ value: JSONValue?, _ faults: inout FaultCollector
  ) -> [Int] {
    guard let elements = faults.elements(value, at: "/evaluations", count: 1...16) else {
      return standardEvaluations
    }
    var numbers: Set<Int> = []
    for (index, element) in elements.enumerated() {
      let place = "/evaluations/\(index)"
      if element == .null { faults.add(place, "must be a whole number, not null") }
      if let number = faults.integer(element, at: place, in: 1...1000) { numbers.insert(number) }
    }
    return numbers.sorted()
  }

  /// Refuses what would take the service too long, and says what would not.
  private static func limit(
    _ contenders: [Contender], _ evaluations: [Int], seeds: Int, _ faults: inout FaultCollector
  ) {
    let runs = contenders.count + (contenders.contains { $0.entry.id == "random" } ? 0 : 1)
    let each = runs * evaluations.reduce(0, +)
    guard each * seeds > mostEvaluations else { return }
    let said =
      "\(runs) strategies, random search among them, with \(evaluations.reduce(0, +)) evaluations a "
      + "seed are \(each * seeds) evaluations at \(seeds) seeds; at most \(mostEvaluations) are made"
    let most = mostEvaluations / each
    if most >= 2 {
      faults.add("/seeds", "\(said): ask for at most \(most) seeds")
    } else {
      faults.add("/evaluations", "\(said): ask for fewer evaluations or strategies")
    }
  }
}
