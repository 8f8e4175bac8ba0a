/// From a posted body to a whole request: every field checked, every default filled in.
extension JobRequest {
  /// The tasks a job can have.
  package static let tasks = ["classification"]

  /// The strategy of a job that names none: the best at 50 evaluations on NAS-Bench-201, where every
  /// graph is drawn once.
  package static let defaultStrategy = "gaussian-process"

  private static let members = [
    "name", "labels", "dataset", "task", "space", "strategy", "pruner", "control", "objectives",
    "budget", "parallelism", "trial", "final", "fidelity", "proxies", "filter", "warm_start",
    "seed", "priority",
  ]

  /// The whole request of a body; only `dataset` is required.
  ///
  /// - Parameter dataset: The data set that the body's `dataset` names; nil where there is none.
  /// - Throws: `ServiceError(.validation)` with all faults of the body and their JSON Pointers.
  package static func resolve(
    _ body: JSONValue, catalog: Catalog, dataset: Dataset?
  ) throws(ServiceError) -> JobRequest {
    var faults = FaultCollector()
    guard let fields = faults.object(body, at: "", members: members) else {
      throw refusal([Fault("", "must be an object, not \(body.kind)")])
    }
    let content = sealedContent(fields["dataset"], dataset: dataset, &faults)
    let name = faults.line(fields["name"], at: "/name", length: 0...200)
    let labels = resolveLabels(fields["labels"], &faults)
    let task = faults.line(fields["task"], at: "/task", length: 0...100) ?? tasks[0]
    if !tasks.contains(task) {
      faults.add("/task", "must be \(tasks.joined(separator: ", ")), not '\(task)'")
    }
    let kind = content?.inputKind
    let strategy = faults.component(
      fields["strategy"], at: "/strategy", in: catalog.strategies, what: "strategy",
      default: ComponentChoice(defaultStrategy))
    let space = faults.component(
      fields["space"], at: "/space", in: catalog.spaces, what: "space",
      default: content?.table?.space
        ?? ComponentChoice(standardSpace(catalog.strategies[strategy.name], kind, catalog)))
    if let takers = catalog.strategies[strategy.name]?.spaces,
      catalog.spaces[space.name] != nil, !takers.contains(space.name)
    {
      faults.add(
        "/space",
        "\(strategy.name) runs on \(takers.joined(separator: ", ")) alone, not on \(space.name)")
    }
    if let table = content?.table, space.name != table.space.name {
      faults.add(
        "/space",
        "'\(dataset?.name ?? "")' is a table of \(table.space.name) architectures; leave it out")
    }
    if let kind, let entry = catalog.spaces[space.name], !entry.inputs.contains(kind) {
      let takers = catalog.spaces.entries.filter { $0.inputs.contains(kind) }.map(\.id)
      faults.add(
        "/space",
        "\(entry.id) reads \(entry.inputs.map(\.rawValue).joined(separator: " and ")) samples, "
          + "but '\(dataset?.name ?? "")' holds \(kind.rawValue) ones; "
          + "spaces for it: \(takers.joined(separator: ", "))")
    }
    var pruner: ComponentChoice?
    if let value = fields["pruner"], value != .null {
      pruner = faults.component(
        value, at: "/pruner", in: catalog.pruners, what: "pruner", default: ComponentChoice(""))
    }
    let sharesWeights = catalog.strategies[strategy.name]?.supernets != nil
    let control = faults.number(fields["control"], at: "/control", "from 0 to 0.5") {
      (0...0.5).contains($0)
    }
    let objectives = resolveObjectives(fields["objectives"], &faults)
    if content?.table != nil {
      if pruner != nil { faults.add("/pruner", "a table has one measurement of each architecture") }
      for (index, objective) in objectives.enumerated() where objective.metric == .latency {
        faults.add("/objectives/\(index)/metric", "nothing is run on a table, so nothing is timed")
      }
    }
    let budget = resolveBudget(fields["budget"], sharesWeights: sharesWeights, &faults)
    if sharesWeights {
      let name = strategy.name
      if content?.table != nil {
        faults.add("/strategy", "\(name) trains shared weights, and a table holds none to train on")
      }
      if pruner != nil {
        faults.add("/pruner", "\(name) scores its candidates by shared weights and trains none")
      }
      if budget.targetAccuracy != nil {
        faults.add(
          "/budget/target_accuracy",
          "\(name) knows accuracies by shared weights alone until its search is over")
      }
      if let control, control > 0 {
        faults.add(
          "/control", "\(name) is compared with retrained random architectures: final.controls")
      }
      for (index, objective) in objectives.enumerated()
      where objective.metric != .accuracy || objective.limit != nil {
        faults.add(
          "/objectives/\(index)", "\(name) trains shared weights for accuracy alone, without limits"
        )
      }
    }
    let parallelism = faults.integer(fields["parallelism"], at: "/parallelism", in: 1...64)
    let rules = ScheduleRules(
      content: content, isTabularNetwork: space.name == "mlp", format: dataset?.format ?? "")
    let trial = rules.schedule(fields["trial"], at: "/trial", &faults)
    let final = rules.final(
      fields["final"], at: "/final", trial: trial, sharesWeights: sharesWeights, &faults)
    let fidelity = rules.fidelity(fields["fidelity"], at: "/fidelity", &faults)
    let proxies = resolveProxies(fields["proxies"], catalog, &faults)
    let filter = resolveFilter(fields["filter"], catalog, &faults)
    let warmStart = resolveWarmStart(fields["warm_start"], catalog, &faults)
    if sharesWeights || content?.table != nil {
      let why =
        sharesWeights ? "\(strategy.name) trains no trial alone" : "nothing is run on a table"
      if !proxies.isEmpty { faults.add("/proxies", why) }
      if filter != nil { faults.add("/filter", why) }
      if warmStart != nil { faults.add("/warm_start", why) }
    }
    let seed = faults.integer(fields["seed"], at: "/seed", in: 0...9_007_199_254_740_991)
    let priority = faults.integer(fields["priority"], at: "/priority", in: -10...10)
    if faults.faults.isEmpty {
      let found = contradictions(
        space, strategy, objectives: objectives, budget: budget, seed: seed ?? 0, catalog: catalog)
      for fault in found { faults.add(fault.pointer, fault.detail) }
    }
    if !faults.faults.isEmpty { throw refusal(faults.faults) }
    return JobRequest(
      name: name ?? "\(strategy.name) on \(dataset?.name ?? "")", labels: labels,
      dataset: dataset?.name ?? "", task: task, space: space, strategy: strategy,
      pruner: pruner, control: control ?? (sharesWeights ? 0 : 0.1), objectives: objectives,
      budget: budget, parallelism: parallelism ?? 4, trial: trial,
      final: final, fidelity: fidelity, proxies: proxies, filter: filter,
      warmStart: warmStart, seed: seed ?? 0, priority: priority ?? 0)
  }

  /// The space of a request that names none: the strategy's own where it reads such samples.
  private static func standardSpace(
    _ strategy: StrategyEntry?, _ kind: SpaceEntry.InputKind?, _ catalog: Catalog
  ) -> String {
    let general = kind == .tabular ? "mlp" : "nasbench201-cell"
    guard let strategy, let home = strategy.homeSpace, let entry = catalog.spaces[home] else {
      return general
    }
    let isRead = kind.map(entry.inputs.contains) ?? true
    // A strategy that runs nowhere else is refused by its own space's name.
    return isRead || strategy.spaces != nil ? home : general
  }

  private static func refusal(_ faults: [Fault]) -> ServiceError {
    let count = faults.count == 1 ? "one fault" : "\(faults.count) faults"
    return ServiceError(.validation, "the request has \(count)", faults: faults)
  }

  /// Parameters that are each in range but do not go together, found by making space and strategy.
  private static func contradictions(
    _ space: ComponentChoice, _ strategy: ComponentChoice, objectives: [Objective],
    budget: Budget, seed: Int, catalog: Catalog
  ) -> [Fault] {
    guard let entry = catalog.strategies[strategy.name] else { return [] }
    var faults: [Fault] = []
    let isPlain = objectives.count == 1 && objectives[0].limit == nil
    guard isPlain || entry.honoursObjectives else {
      let able = catalog.strategies.entries.filter(\.honoursObjectives).map(\.id)
      return [
        Fault(
          "/objectives",
          "\(entry.id) optimises one objective without a limit; strategies that honour more: "
            + (able.isEmpty ? "none" : able.joined(separator: ", ")))
      ]
    }
    let points: [DecisionPoint]
    do {
      points = try catalog.space(space).points
    } catch {
      return told(error, at: "/space/params")
    }
    do {
      let parameters = Parameters(
        strategy.params, for: entry.parameters, at: "/strategy/params", faults: &faults)
      _ = try entry.make(
        StrategyContext(
          points: points, parameters: parameters, objectives: objectives, seed: UInt64(seed),
          trials: budget.maxTrials))
    } catch {
      return told(error, at: "/strategy/params")
    }
    return faults
  }

  private static func told(_ error: any Error, at pointer: String) -> [Fault] {
    guard let error = error as? ServiceError else { return [Fault(pointer, "\(error)")] }
    return error.faults.isEmpty ? [Fault(pointer, error.message)] : error.faults
  }

  private static func sealedContent(
    _ value: JSONValue?, dataset: Dataset?, _ faults: inout FaultCollector
  ) -> DatasetContent? {
    guard let value, value != .null else {
      faults.add("/dataset", "is required: the name of a data set, for example \"digits\"")
      return nil
    }
    guard let name = faults.line(value, at: "/dataset", length: 1...200) else { return nil }
    guard let dataset else {
      faults.add("/dataset", "no data set '\(name)'")
      return nil
    }
    guard let content = dataset.content, dataset.state == .sealed else {
      faults.add("/dataset", "'\(dataset.name)' is not sealed yet; put its files and seal it")
      return nil
    }
    return content
  }

  private static func resolveLabels(
    _ value: JSONValue?, _ faults: inout FaultCollector
  ) -> [String] {
    var labels: [String] = []
    for (index, label) in (faults.elements(value, at: "/labels", count: 0...32) ?? []).enumerated()
    {
      let place = "/labels/\(index)"
      if label == .null { faults.add(place, "must be a string, not null") }
      guard let text = faults.line(label, at: place, length: 1...100) else { continue }
      if labels.contains(text) { faults.add(place, "'\(text)' stands there twice") }
      labels.append(text)
    }
    return labels
  }

  private static func resolveObjectives(
    _ value: JSONValue?, _ faults: inout FaultCollector
  ) -> [Objective] {
    guard let elements = faults.elements(value, at: "/objectives", count: 1...3) else {
      return [Objective(.accuracy, .maximise)]
    }
    var objectives: [Objective] = []
    for (index, element) in elements.enumerated() {
      let place = "/objectives/\(index)"
      if element == .null { faults.add(place, "must be an object, not null") }
      guard
        let object = faults.object(element, at: place, members: ["metric", "goal", "limit"])
      else { continue }
      let metric = faults.word(
        object["metric"] ?? "", at: "\(place)/metric", as: Objective.Metric.self)
      guard let metric else { continue }
      let goal: Objective.Goal = metric == .accuracy ? .maximise : .minimise
      if object["goal"]?.stringValue != goal.rawValue {
        faults.add("\(place)/goal", "must be \"\(goal.rawValue)\" for \(metric.rawValue)")
      }
      let limit =
        metric == .accuracy
        ? faults.number(object["limit"], at: "\(place)/limit", "from 0 to 1") {
          (0...1).contains($0)
        }
        : faults.number(object["limit"], at: "\(place)/limit", "above 0") { $0 > 0 }
      if objectives.contains(where: { $0.metric == metric }) {
        faults.add("\(place)/metric", "\(metric.rawValue) stands there twice")
      }
      objectives.append(Objective(metric, goal, limit: limit))
    }
    if objectives.count == elements.count, !objectives.contains(where: { $0.metric == .accuracy }) {
      faults.add("/objectives", "must hold {\"metric\": \"accuracy\", \"goal\": \"max\"}")
    }
    return objectives
  }

  private static func resolveBudget(
    _ value: JSONValue?, sharesWeights: Bool, _ faults: inout FaultCollector
  ) -> Budget {
    let object =
      faults.object(
        value, at: "/budget",
        members: ["max_trials", "max_seconds", "target_accuracy", "count_repeats"]) ?? [:]
    var budget = Budget(
      maxTrials: faults.integer(
        object["max_trials"], at: "/budget/max_trials", in: 1...1_000_000),
      maxSeconds: faults.number(
        object["max_seconds"], at: "/budget/max_seconds", "of seconds from 1 to 31536000"
      ) { (1...31_536_000).contains($0) },
      targetAccuracy: faults.number(
        object["target_accuracy"], at: "/budget/target_accuracy", "above 0 and at most 1"
      ) { $0 > 0 && $0 <= 1 },
      countsRepeats: faults.flag(object["count_repeats"], at: "/budget/count_repeats") ?? false)
    // A target alone may never be reached, so it does not bound a search; epochs bound a supernet's.
    if !sharesWeights, budget.maxTrials == nil, budget.maxSeconds == nil { budget.maxTrials = 40 }
    return budget
  }
}
