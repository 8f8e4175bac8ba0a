internal import ArgumentParser
internal import Foundation

/// `atelier worker`: trains what it is told over JSON lines; started by the service, not by hand.
struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker",
    abstract: "Train work orders from standard input (started by the service).",
    shouldDisplay: false)

  @Flag(help: "Train the parts of a network that lead nowhere, too; for comparison in benchmarks.")
  var keepDead = false

  func run() throws {
    try WorkerWiring.run(keepsDead: keepDead)
  }
}
