internal import ArgumentParser
internal import Domain
internal import Foundation
internal import Store

/// `atelier datasets list`: a line per data set.
struct DatasetsListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the data sets (also beside a running service).")

  @Option(help: "Folder that holds them.")
  var data = "data"

  func run() async throws {
    let folder = try DataFolder(existing: data)
    let store = SQLiteJobStore(try Database(path: folder.database))
    var token: String?
    repeat {
      let page = try await store.datasets(pageSize: 500, pageToken: token)
      for dataset in page.rows { print(DatasetReport.line(of: dataset)) }
      token = page.nextToken
    } while token != nil
  }
}
