import Domain
import FoundationEssentials

/// Three choices of four: 64 genotypes, of which some are isomorphic and some do not fit.
struct ToySpace: SearchSpace {
  let points = ["a", "b", "c"].map { DecisionPoint($0, values: ["0", "1", "2", "3"]) }
  var cardinality: String { "64" }

  func describe<Builder: NetworkBuilder>(into builder: inout Builder) throws -> Builder.Value {
    builder.input
  }

  func code(of genotype: Genotype) -> String {
    genotype.decisions.map { $0.map(String.init) ?? "-" }.joined()
  }

  func genotype(of code: String) throws -> Genotype { throw SpaceError("unreadable") }
}

/// Proposes by a hash of everything it was asked and told so far, and writes that down.
struct ToyStrategy: SearchStrategy {
  var seed: UInt64
  var log: [String] = []
  var asked = 0
  /// Candidates after which it proposes none; nil: never.
  var limit: Int?
  /// Gives an empty answer to every n-th question.
  var emptyEvery: Int?
  /// What supernets scored and is still to be proposed; nil: it makes candidates of its own.
  var queue: [ScoredCandidate]?

  mutating func propose() throws -> Candidate? {
    asked += 1
    if let next = queue?.first {
      queue?.removeFirst()
      log.append("propose \(next.genotype.decisions.map { $0 ?? -1 })")
      return Candidate(
        next.genotype, isRandom: next.purposes.contains(.control),
        isProbe: next.purposes.contains(.probe), scores: next.metrics)
    }
    if queue != nil { return nil }
    if let limit, log.count(where: { $0.hasPrefix("propose ") }) >= limit {
      log.append("exhausted")
      return nil
    }
    if let emptyEvery, asked.isMultiple(of: emptyEvery) {
      log.append("empty")
      return nil
    }
    var random = SeededGenerator(
      seed: log.reduce(seed) { $0 &* 31 &+ UInt64(Digest.sha256($1).utf8.first ?? 0) })
    let genotype = Genotype((0..<3).map { _ in random.below(4) })
    log.append("propose \(genotype.decisions.map { $0 ?? -1 })")
    return Candidate(genotype)
  }

  mutating func observe(_ run: SupernetRun) throws {
    log.append("supernet \(run.round) \(run.candidates.count) \(run.measured.count)")
    queue?.append(contentsOf: run.candidates)
  }

  mutating func observe(_ trial: Trial) throws {
    let accuracy = trial.searchAccuracy.map { String($0) } ?? "none"
    log.append("observe \(trial.number) \(trial.state.rawValue) \(accuracy)")
  }
}

/// What a toy genotype comes to: a pure function of trial and genotype.
enum Toy {
  static let numerics = Numerics(engineVersion: "toy-1", isa: "generic", threads: 1)

  static let content = DatasetContent(
    digest: Digest.sha256("toy"), shape: TensorShape(features: 4), classes: ["x", "y"],
    trainRows: 80, testRows: 20, testSplit: "official", validationFraction: 0.25,
    trainCounts: [40, 40], testCounts: [10, 10], minimum: 0, maximum: 1, mean: 0.5,
    deviation: 0.2, sizeBytes: 400, source: "", licence: "")

  static let dataset = Dataset(
    id: "ds_toy", name: "toy", isBuiltIn: true, format: "csv", options: DatasetOptions(),
    state: .sealed, files: [], content: content, created: .distantPast)

  static func request(
    trials: Int? = 12, seconds: Double? = nil, target: Double? = nil, parallelism: Int = 4,
    top: Int = 2, seeds: Int = 2, priority: Int = 0, objectives: [Objective] = [],
    control: Double = 0, countsRepeats: Bool = true,
    strategy: [String: JSONValue] = [:], rounds: Int? = nil, controls: Int = 0,
    fidelity: JobRequest.Fidelity = .none
  ) -> JobRequest {
    JobRequest(
      name: "toy", labels: [], dataset: "toy", task: "classification",
      space: ComponentChoice("toy"),
      strategy: rounds.map { ComponentChoice("toy-sharing", params: ["rounds": .init($0)]) }
        ?? ComponentChoice("toy", params: strategy),
      control: control, objectives: [Objective(.accuracy, .maximise)] + objectives,
      budget: Budget(
        maxTrials: trials, maxSeconds: seconds, targetAccuracy: target,
        countsRepeats: countsRepeats),
      parallelism: parallelism, trial: TrainingSchedule(samplesSeen: 640),
      final: .init(top: top, seeds: seeds, samplesSeen: 1280, controls: controls),
      fidelity: fidelity, seed: 7, priority: priority)
  }

  static func job(_ request: JobRequest, id: String = "job_toy", at time: Double = 0) -> Job {
    Job(
      id: id, request: request, datasetDigest: content.digest, state: .queued,
      created: Date(timeIntervalSince1970: time))
  }

  static func strategy(_ params: [String: JSONValue], seed: UInt64) -> ToyStrategy {
    ToyStrategy(
      seed: seed, limit: params["limit"]?.intValue, emptyEvery: params["empty_every"]?.intValue,
      queue: params["rounds"].map { _ in [] })
  }

  static let catalog: Catalog = {
    let parameters = [
      Parameter("limit", .integer(min: 0, max: 1000), default: 1000, "Most proposals."),
      Parameter("empty_every", .integer(min: 2, max: 1000), default: 1000, "Empty answers."),
    ]
    return Catalog(
      spaces: Registry([
        SpaceEntry(
          id: "toy", version: 1, summary: "", paper: "", inputs: [.tabular], parameters: []
        ) { _ in ToySpace() }
      ]),
      strategies: Registry([
        StrategyEntry(
          id: "toy", summary: "", paper: "", parameters: parameters,
          make: { strategy($0.parameters.values, seed: $0.seed) },
          restore: { try JSONDecoder().decode(ToyStrategy.self, from: Data($1)) }),
        StrategyEntry(
          id: "toy-sharing", summary: "", paper: "",
          parameters: [Parameter("rounds", .integer(min: 1, max: 9), default: 1, "Supernets.")],
          supernets: { $0.integer("rounds") },
          make: { strategy($0.parameters.values, seed: $0.seed) },
          restore: { try JSONDecoder().decode(ToyStrategy.self, from: Data($1)) }),
      ]),
      formats: Registry([]), exporters: [],
      decode: { space, genotype, input, classes in
        try architecture(genotype, space: space, input: input, classes: classes)
      })
  }()

  /// Genotypes with the first two choices swapped are the same network; `[3, 3, 3]` fits no data.
  static func architecture(
    _ genotype: Genotype, space: ComponentChoice = ComponentChoice("toy"),
    input: TensorShape = content.shape, classes: Int = 2
  ) throws -> Architecture {
    let values = genotype.decisions.map { $0 ?? 0 }
    if values == [3, 3, 3] { throw SpaceError("[3, 3, 3] does not fit") }
    let sorted = values[0] <= values[1] ? values : [values[1], values[0], values[2]]
    let parameters = 100 * (1 + values[0] + values[1])
    return Architecture(
      space: space, spaceVersion: 1, genotype: genotype, code: "\(values)", input: input,
      classes: classes,
      nodes: [
        Architecture.Node(
          id: 0, layer: .identity, inputs: [], shape: input, parameters: parameters,
          macs: parameters * 2, scope: "")
      ], output: 0, cells: [], dead: [],
      fingerprint: "a1-" + Digest.sha256("\(sorted)").prefix(32))
  }

  /// How training ends, whoever trains and whenever.
  static func outcome(
    _ role: WorkOrder.Role, _ number: Int, _ repetition: Int, _ genotype: Genotype
  )
    -> Outcome
  {
    if role == .supernet { return .completed(supernet(number)) }
    let values = genotype.decisions.map { $0 ?? 0 }
    let fingerprint = (try? architecture(genotype).fingerprint) ?? ""
    var random = SeededGenerator(
      jobSeed: UInt64(values[0] + 4 * values[1] + 16 * values[2]), trial: number,
      purpose: .initialisation, step: repetition)
    let accuracy = (random.unit() * 1000).rounded() / 1000
    let name =
      switch role {
      case .trial, .supernet: MetricName.searchAccuracy
      case .selection: MetricName.validationAccuracy
      case .test: MetricName.testAccuracy
      }
    var evaluation = Evaluation(
      fingerprint: fingerprint, metrics: [name: accuracy],
      measured: ["train_seconds": 0.5],
      curve: [Measurement(epoch: 1, metrics: [MetricName.trainLoss: accuracy * 2], seconds: 0.5)],
      weights: Digest.sha256("\(role) \(number) \(repetition) \(values)"))
    if role == .trial {
      if random.below(10) == 0 { return .failed(reason: "the toy broke") }
      if random.below(10) == 0 {
        evaluation.metrics = [:]
        evaluation.curve = [
          Measurement(epoch: 1, metrics: [MetricName.trainLoss: nil], seconds: 0.5)
        ]
        evaluation.weights = nil
        return .diverged(reason: "the loss is NaN", evaluation)
      }
    }
    return .completed(evaluation)
  }

  /// What a round's supernet comes to: 4 answers, 25 uniform draws, and 12 of another kind to probe.
  static func supernet(_ round: Int) -> Evaluation {
    var random = SeededGenerator(jobSeed: 7, trial: round, purpose: .initialisation)
    func candidate(_ purpose: ScoredCandidate.Purpose) -> ScoredCandidate {
      ScoredCandidate(
        genotype: Genotype((0..<3).map { _ in random.below(4) }), purposes: [purpose],
        metrics: [
          MetricName.searchAccuracy: (random.unit() * 1000).rounded() / 1000,
          MetricName.searchLoss: random.unit(),
        ])
    }
    let candidates =
      (0..<4).map { _ in candidate(.derived) } + (0..<25).map { _ in candidate(.control) }
      + (0..<12).map { _ in candidate(.probe) }
    let curve = (1...3).map {
      Measurement(epoch: $0, metrics: [MetricName.trainLoss: random.unit()], seconds: 0.5)
    }
    return Evaluation(
      fingerprint: "", metrics: ["supernet_accuracy": random.unit()],
      measured: ["train_seconds": 1, "is_cut": 0], curve: curve, weights: nil,
      derivation: Derivation(
        strengths: ["edge": [0.25, 0.75]], candidates: candidates,
        warnings: round == 2 ? ["one branch wins everywhere"] : []))
  }
}

extension JSONValue {
  fileprivate init(_ value: Int) { self = .number(Double(value)) }
}
