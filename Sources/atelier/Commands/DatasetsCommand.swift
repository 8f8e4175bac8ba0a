internal import ArgumentParser
internal import Domain
internal import Foundation

/// `atelier datasets`: the data sets of a data folder, without the service.
struct DatasetsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "datasets", abstract: "List or import data sets.",
    subcommands: [DatasetsListCommand.self, DatasetsImportCommand.self],
    defaultSubcommand: DatasetsListCommand.self)
}
