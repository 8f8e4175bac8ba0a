internal import Architectures
package import Domain
package import Training

/// What searches by gradients of architecture parameters share: the parameters, when they learn, what is
/// derived from them, and who watches.
package struct Relaxation: Codable {
  package private(set) var choices: RelaxedChoices?
  package var watchdog: Watchdog
  private let alphaRate: Double
  private let alphaDecay: Double
  private let warmup: Double
  /// The strengths at each epoch's end, to go back to.
  private var history: [[[Double]]] = []
  /// The direction of the largest curvature found last.
  private var direction: [[Double]] = []

  init(_ parameters: Parameters) {
    watchdog = Watchdog(Watchdog.Response(rawValue: parameters.word("watchdog")) ?? .warn)
    alphaRate = parameters.number("alpha_rate")
    alphaDecay = parameters.number("alpha_decay")
    warmup = parameters.number("warmup")
  }

  static func parameters(alphaRate: Double) -> [Parameter] {
    [
      Parameter(
        "alpha_rate", .number(min: 0, max: 10), default: .number(alphaRate),
        "Adam's rate for the architecture parameters (published: 0.0003, for far more steps)."),
      Parameter(
        "alpha_decay", .number(min: 0, max: 1), default: 0.001,
        "Weight decay of the architecture parameters."),
      Parameter(
        "warmup", .number(min: 0, max: 1), default: 0.25,
        "Share of the epochs in which the weights alone learn (published: 0)."),
      Watchdog.parameter,
    ]
  }

  /// The architecture parameters, made at the first call.
  package mutating func prepared(for shared: SharedWeights) -> RelaxedChoices {
    if let choices { return choices }
    let fresh = RelaxedChoices(
      shared.supernet.choices.map { ($0.key, $0.branches) }, rate: alphaRate, decay: alphaDecay,
      seed: shared.seed)
    choices = fresh
    return fresh
  }

  /// Whether the architecture parameters learn in an epoch.
  package func learns(epoch: Int, of epochs: Int) -> Bool {
    Double(epoch) >= (warmup * Double(epochs)).rounded()
  }

  /// One step of the architecture parameters down a gradient.
  package mutating func step(down gradient: [[Double]]) {
    choices?.step(down: gradient)
  }

  /// Replaces the architecture parameters.
  package mutating func set(_ alphas: [[Double]]) {
    choices?.set(alphas)
  }

  /// The gradients by the mixing weights that the last gradients on `shared` left.
  func mixingGradients(_ shared: SharedWeights) -> [[Double]] {
    shared.mixingGradients(choices?.keys ?? [])
  }

  /// The strengths that count: those at the end, or those before a collapse that ended the search.
  package var strengths: [String: [Double]] {
    guard let choices else { return [:] }
    if watchdog.response == .stop, let tripped = watchdog.tripped {
      let place = max(0, tripped - watchdog.epochsBack)
      if history.indices.contains(place) { return choices.named(history[place]) }
    }
    return choices.strengths
  }

  var isFinished: Bool { watchdog.response == .stop && watchdog.tripped != nil }

  /// What is suspicious, in words.
  var warnings: [String] {
    var warnings = watchdog.findings
    if let choices, choices.entropy > 0.985 {
      warnings.append(
        """
        the choices stayed near uniform (entropy \((choices.entropy * 1000).rounded() / 1000) of 1): \
        what was derived is close to chance; raise alpha_rate or epochs
        """)
    }
    return warnings
  }

  /// The derived genotype.
  ///
  /// - Throws: `SpaceError` where the space has no rule to derive by.
  package func derived(_ shared: SharedWeights) throws -> Genotype {
    guard let space = shared.space as? any RelaxedSpace else {
      throw SpaceError("this space's genotypes cannot be read off strengths of branches")
    }
    return space.genotype(deriving: strengths)
  }

  /// The one derived genotype, scored by its one-hot path.
  ///
  /// Choices that no genotype decides, those among edges, stay mixed as they were learned.
  func answers(_ shared: SharedWeights) throws -> [ScoredGenotype] {
    try shared.mix(strengths)
    let genotype = try derived(shared)
    return [ScoredGenotype(genotype, try shared.score(genotype))]
  }

  /// What of a choice's branches is a skip connection.
  static func skips(_ shared: SharedWeights) -> [String: Int] {
    var result: [String: Int] = [:]
    for node in shared.supernet.nodes {
      guard case .choice(let key) = node.role, result[key] == nil else { continue }
      result[key] = node.inputs.firstIndex {
        shared.supernet.nodes[$0].role == .layer(.identity)
      }
    }
    return result
  }

  /// Mixing weights of a step: the shares, where some skips are dropped once the watchdog asked for it.
  ///
  /// - Source: Chen et al. 2019, arXiv:1904.12760, §3.3 (dropout on skip connections).
  func weights(_ shared: SharedWeights, skips: [String: Int], step: Int) -> [[Double]] {
    guard let choices else { return [] }
    var shares = choices.shares
    guard watchdog.response == .regularise, watchdog.tripped != nil else { return shares }
    var generator = SeededGenerator(jobSeed: shared.seed, purpose: .dropout, step: step)
    for (place, key) in choices.keys.enumerated() {
      guard let skip = skips[key], generator.unit() < 0.3 else { continue }
      shares[place][skip] = 0
    }
    return shares
  }

  /// Ends an epoch: measures what the watchdog wants to know; returns it as metrics.
  mutating func endEpoch(
    _ shared: SharedWeights, epoch: Int, of epochs: Int, training: Score
  ) throws -> [String: Double?] {
    guard let choices else { return [:] }
    history.append(choices.shares)
    try shared.mix(choices.strengths)
    let validation = try shared.score()
    var metrics: [String: Double?] = [
      MetricName.trainLoss: training.lossSum.isFinite ? training.loss : nil,
      MetricName.trainAccuracy: training.accuracy,
      MetricName.validationLoss: validation.lossSum.isFinite ? validation.loss : nil,
      MetricName.validationAccuracy: validation.accuracy, "alpha_entropy": choices.entropy,
    ]
    guard watchdog.response != .off else { return metrics }
    let (skips, edges) = try derivedSkips(shared)
    let curvature = learns(epoch: epoch, of: epochs) ? try curvature(shared, choices) : nil
    let isNew = watchdog.take(
      Watchdog.Sighting(
        entropy: choices.entropy, skips: skips, edges: edges,
        gap: training.accuracy - validation.accuracy, curvature: curvature), epoch: epoch)
    metrics["skip_share"] = Double(skips) / Double(max(1, edges))
    metrics["alpha_curvature"] = curvature
    metrics["watchdog"] = isNew ? 1 : 0
    return metrics
  }

  /// Skips and edges of the first cell that would be derived now.
  private func derivedSkips(_ shared: SharedWeights) throws -> (Int, Int) {
    guard let space = shared.space as? any RelaxedSpace, let choices else { return (0, 0) }
    var builder = ChildBuilder(
      genotype: space.genotype(deriving: choices.strengths),
      input: shared.supernet.nodes[0].shape, classes: shared.classes)
    _ = try space.describe(into: &builder)
    let edges = (builder.cells.first?.edges ?? []).filter { $0.operation != "concat" }
    return (edges.filter { $0.operation.hasPrefix("skip") }.count, edges.count)
  }

  /// The largest eigenvalue of the validation loss's second derivatives by α, on the first validation
  /// batch, by power iteration on differences of gradients.
  ///
  /// Each epoch goes on from the direction of the one before, so that two iterations suffice.
  private mutating func curvature(
    _ shared: SharedWeights, _ choices: RelaxedChoices
  ) throws -> Double {
    func gradient(_ alphas: [[Double]]) throws -> [[Double]] {
      var moved = choices
      moved.set(alphas)
      try shared.mix(moved.strengths)
      _ = try shared.scoringGradients(batch: 0)
      return moved.gradient(of: moved.shares, by: mixingGradients(shared))
    }
    if direction.isEmpty {
      var generator = SeededGenerator(jobSeed: shared.seed, purpose: .initialisation, step: 2)
      direction = choices.alphas.map { $0.map { _ in 2 * generator.unit() - 1 } }
    }
    var value = 0.0
    for _ in 0..<2 {
      let norm = direction.joined().reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard norm > 0, norm.isFinite else { break }
      let unit = direction.map { $0.map { $0 / norm } }
      let step = 0.01
      func moved(_ sign: Double) -> [[Double]] {
        zip(choices.alphas, unit).map { zip($0, $1).map { $0 + sign * step * $1 } }
      }
      let (up, down) = (try gradient(moved(1)), try gradient(moved(-1)))
      direction = zip(up, down).map { zip($0, $1).map { ($0 - $1) / (2 * step) } }
      value = zip(unit.joined(), direction.joined()).reduce(0) { $0 + $1.0 * $1.1 }
    }
    return value.isFinite ? value : 0
  }
}
