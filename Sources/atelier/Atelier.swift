internal import ArgumentParser
internal import Domain
internal import Foundation

/// The command line: one binary serves, searches, works and measures.
@main
struct Atelier: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "atelier",
    abstract: "Neural architecture search as a service.",
    version: "0.1.0",
    subcommands: [
      ServeCommand.self, SearchCommand.self, WorkerCommand.self, DatasetsCommand.self,
      ExportCommand.self, TransferCommand.self, BenchCommand.self,
    ])

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let error as ServiceError {
      FileHandle.standardError.write(Data("atelier: \(error)\n".utf8))
      Foundation.exit(ExitStatus.of(error.code))
    } catch let error as SpaceError {
      FileHandle.standardError.write(Data("atelier: \(error)\n".utf8))
      Foundation.exit(ExitStatus.of(.validation))
    } catch {
      exit(withError: error)
    }
  }
}
