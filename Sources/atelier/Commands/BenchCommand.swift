internal import ArgumentParser

/// `atelier bench`: measurements, as one JSON object a line.
struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure the engine and the service.",
    subcommands: [
      BenchEngineCommand.self, BenchPolicyCommand.self, BenchProxiesCommand.self,
      BenchSharedCommand.self, BenchStrategiesCommand.self, BenchTrialsCommand.self,
      BenchTruthCommand.self,
    ])
}
