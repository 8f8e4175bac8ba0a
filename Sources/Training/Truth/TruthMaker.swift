internal import Architectures
package import Domain
package import Engine

/// Makes the built-in truth: every network of its space trained with every seed.
///
/// Strings of one graph are one network; it is trained once and all its strings get what it gave.
package struct TruthMaker: Sendable {
  /// Seeds of the trainings of each network.
  package static let seeds: [UInt64] = [1, 2, 3]

  /// The first cell of each graph, in the order of the space.
  package let cells: [Genotype]
  private let training: TruthTraining
  /// All cells of the space, the last edge fastest.
  private let architectures: [Architecture]
  /// For each of them which of `cells` is its network.
  private let networks: [Int]
  private let isa: InstructionSet

  /// Decodes the space.
  ///
  /// - Throws: `SpaceError` or `ServiceError` never in practice: space and digits are the program's own.
  package init(_ task: TruthTask = TruthTask(), isa: InstructionSet = .best) throws {
    training = try TruthTraining(task, isa: isa)
    self.isa = isa
    var cells: [Genotype] = []
    var architectures: [Architecture] = []
    var networks: [Int] = []
    var known: [String: Int] = [:]
    for genotype in TruthMaker.genotypes {
      let architecture = try SpaceRegistry.decode(
        task.space, genotype, input: TruthTask.input, classes: TruthTask.classes)
      let network = known[architecture.fingerprint] ?? cells.count
      if network == cells.count {
        cells.append(genotype)
        known[architecture.fingerprint] = network
      }
      architectures.append(architecture)
      networks.append(network)
    }
    self.cells = cells
    self.architectures = architectures
    self.networks = networks
  }

  /// Trains one of `cells` with every seed.
  ///
  /// - Throws: `ShapeError` or `ArenaError` when the network cannot be planned.
  package func run(_ cell: Int) throws -> [TruthTraining.Accuracies] {
    try TruthMaker.seeds.map { try training.run(cells[cell], seed: $0) }
  }

  /// The file of all results.
  ///
  /// - Parameter results: one for each of `cells`.
  package func csv(_ results: [[TruthTraining.Accuracies]]) -> String {
    let seeds = TruthMaker.seeds
    var lines = [
      (["arch_str", "graph"] + seeds.map { "valid_seed\($0)" } + seeds.map { "test_seed\($0)" }
        + ["test_mean", "macs", "parameters", "made_by"]).joined(separator: ",")
    ]
    for (architecture, network) in zip(architectures, networks) {
      let accuracies = results[network]
      let mean = accuracies.reduce(0) { $0 + $1.test } / Double(seeds.count)
      lines.append(
        ([architecture.code, architecture.fingerprint] + accuracies.map { "\($0.validation)" }
          + accuracies.map { "\($0.test)" }
          + [
            "\(mean)", "\(architecture.macs)", "\(architecture.parameters)",
            TruthMaker.maker(isa: isa),
          ]).joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// How a file tells what made it: other engines and instruction sets round otherwise.
  package static func maker(isa: InstructionSet) -> String {
    "engine \(EngineVersion.current) \(isa.rawValue)"
  }

  private static var genotypes: [Genotype] {
    (0..<729).map { number in
      var rest = number
      var decisions: [Int?] = []
      for _ in 0..<6 {
        decisions.insert(rest % 3, at: 0)
        rest /= 3
      }
      return Genotype(decisions)
    }
  }
}
