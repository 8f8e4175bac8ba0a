internal import Domain

/// What a search has proposed and observed: what it learns from, and what it need not try again.
struct History: Sendable {
  /// One observed trial.
  struct Record: Codable, Hashable, Sendable {
    let genotype: Genotype
    let merit: Merit
  }

  /// Observed trials, in order.
  private(set) var records: [Record] = []
  /// Proposed and not observed yet, in order.
  private(set) var inFlight: [Genotype] = []
  /// How many candidates were proposed.
  private(set) var proposed = 0
  /// Everything observed or in flight.
  private var known: Set<Genotype> = []

  /// True where the genotype was observed or is in flight.
  func contains(_ genotype: Genotype) -> Bool { known.contains(genotype) }

  /// Takes note of a proposal.
  ///
  /// No job has more than 64 trials in flight: a proposal older than that was replaced by another draw,
  /// and is forgotten.
  mutating func propose(_ genotype: Genotype) {
    proposed += 1
    inFlight.append(genotype)
    known.insert(genotype)
    guard inFlight.count > 64 else { return }
    let lost = inFlight.removeFirst()
    if !inFlight.contains(lost), !records.contains(where: { $0.genotype == lost }) {
      known.remove(lost)
    }
  }

  /// Counts a candidate that was proposed elsewhere in the place of one of these.
  mutating func skip() {
    proposed += 1
  }

  /// Takes an observed trial in, whether it was proposed here or not.
  mutating func observe(_ genotype: Genotype, _ merit: Merit) {
    if let place = inFlight.firstIndex(of: genotype) { inFlight.remove(at: place) }
    records.append(Record(genotype: genotype, merit: merit))
    known.insert(genotype)
  }

  /// The random stream of the next proposal.
  func generator(seed: UInt64) -> SeededGenerator {
    SeededGenerator(jobSeed: seed, trial: proposed + 1, purpose: .proposal)
  }

  /// A uniform draw from what is not known yet; any draw where the whole space is known.
  ///
  /// Rejection keeps it uniform; after 100 rejections the space is nearly used up and is walked.
  func fresh(in points: [DecisionPoint], using generator: inout SeededGenerator) -> Genotype {
    for _ in 0..<100 {
      let draw = Genotype.random(in: points, using: &generator)
      if !contains(draw) { return draw }
    }
    return Genotype.first(in: points, using: &generator, where: contains)
      ?? .random(in: points, using: &generator)
  }

  /// Records that a model learns from, in order: pruned trials are left out, and of very many only the
  /// best and the latest stay.
  var learnable: [Record] {
    let used = records.filter { $0.merit.grade != .stopped }
    let limit = 256
    guard used.count > limit else { return used }
    let places = Merit.places(used.map(\.merit))
    let best = used.indices.dropLast(limit / 2).sorted { (places[$0], $0) < (places[$1], $1) }
    return best.prefix(limit / 2).sorted().map { used[$0] } + used.suffix(limit / 2)
  }

  /// Indices of the records from best to worst; of equals the earlier comes first.
  var ranking: [Int] {
    let places = Merit.places(records.map(\.merit))
    return records.indices.sorted { (places[$0], $0) < (places[$1], $1) }
  }
}

/// Its JSON form holds no more than what cannot be derived.
extension History: Codable {
  private enum CodingKeys: String, CodingKey {
    case records, inFlight, proposed
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    records = try container.decode([Record].self, forKey: .records)
    inFlight = try container.decode([Genotype].self, forKey: .inFlight)
    proposed = try container.decode(Int.self, forKey: .proposed)
    known = Set(records.map(\.genotype)).union(inFlight)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(records, forKey: .records)
    try container.encode(inFlight, forKey: .inFlight)
    try container.encode(proposed, forKey: .proposed)
  }
}
