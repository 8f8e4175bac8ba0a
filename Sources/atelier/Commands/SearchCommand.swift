internal import ArgumentParser
internal import Domain
internal import Foundation
internal import Logging

/// `atelier search`: one job without HTTP, on the same machinery.
struct SearchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Run one search here and print its result.",
    discussion: """
      Progress goes to standard error: a bar on a terminal, plain lines otherwise. Without --data the
      search works in a folder that is removed at its end.
      """)

  @Option(help: "Data set by name; digits by default.")
  var dataset: String?

  @Option(help: "Search strategy; GET /v1/strategies of a running service lists them.")
  var strategy: String?

  @Option(help: "Search space.")
  var space: String?

  @Option(help: "Trials at most.")
  var trials: Int?

  @Option(help: "Seconds at most, retraining included.")
  var seconds: Double?

  @Option(help: "Epochs of a trial.")
  var epochs: Int?

  @Option(help: "Epochs of the final retraining.")
  var finalEpochs: Int?

  @Option(help: "Seed of everything random.")
  var seed: Int?

  @Option(
    help:
      "A whole request as a JSON file (- for standard input); other options override its fields.")
  var request: String?

  @Option(help: "Keep everything in this data folder.")
  var data: String?

  @Option(help: "Write the winner's architecture, figure, weights and the result into this folder.")
  var out: String?

  @Flag(help: "Print the result as JSON.")
  var json = false

  @OptionGroup var machine: MachineOptions

  func run() async throws {
    let body = try body()
    let temporary =
      data == nil
      ? FileManager.default.temporaryDirectory.appendingPathComponent(
        "atelier-\(UUID().uuidString)"
      ).path
      : nil
    defer { if let temporary { try? FileManager.default.removeItem(atPath: temporary) } }
    var quiet = machine
    if quiet.logLevel == "info" { quiet.logLevel = "warning" }
    let wiring = try await Wiring(
      data: data ?? temporary ?? ".", machine: quiet, address: "command line", log: quiet.logger())
    let folder = try out.map(ResultFolder.init)
    let result = try await SearchSession(wiring: wiring).run(body)
    try await folder?.write(result, from: wiring)
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      print(String(decoding: try encoder.encode(result), as: UTF8.self))
    } else {
      print(ResultText.text(of: result))
    }
    if result.state != .succeeded {
      throw ExitCode(1)
    }
  }

  /// The request as its JSON body: the file's, then the options.
  private func body() throws -> JSONValue {
    var fields: [String: JSONValue] = [:]
    if let request {
      fields = try SearchCommand.fields(of: request)
    }
    if let dataset { fields["dataset"] = .string(dataset) }
    if fields["dataset"] == nil { fields["dataset"] = "digits" }
    if let strategy { fields["strategy"] = .string(strategy) }
    if let space { fields["space"] = .string(space) }
    if let seed { fields["seed"] = .number(Double(seed)) }
    func set(_ value: Double?, _ object: String, _ key: String, insteadOf other: String? = nil) {
      guard let value else { return }
      var inner = fields[object]?.objectValue ?? [:]
      inner[key] = .number(value)
      if let other { inner[other] = nil }
      fields[object] = .object(inner)
    }
    set(trials.map(Double.init), "budget", "max_trials")
    set(seconds, "budget", "max_seconds")
    set(epochs.map(Double.init), "trial", "epochs", insteadOf: "samples_seen")
    set(finalEpochs.map(Double.init), "final", "epochs", insteadOf: "samples_seen")
    return .object(fields)
  }

  /// The members of the request in a file.
  private static func fields(of path: String) throws -> [String: JSONValue] {
    let bytes = try OptionFile.read(path, option: "--request")
    let place = path == "-" ? "standard input" : path
    let value: JSONValue
    do {
      value = try JSONDecoder().decode(JSONValue.self, from: bytes)
    } catch {
      throw ServiceError(.validation, "--request: \(place) is not JSON; a request is a JSON object")
    }
    guard let fields = value.objectValue else {
      throw ServiceError(
        .validation, "--request: \(place) must hold a JSON object, not \(value.kind)")
    }
    return fields
  }
}
