internal import ArgumentParser
internal import Domain
internal import Foundation
internal import Strategies

/// `atelier bench shared`: how far shared weights can be trusted, on the built-in truth.
struct BenchSharedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shared",
    abstract: "Rank all networks of the built-in truth by shared weights, and compare.",
    discussion: """
      Trains a supernet of the built-in truth's space, scores all its networks by the shared weights and \
      compares the scores with what each network reaches alone (mean test accuracy of 3 seeds): Kendall's \
      tau over all and over the better half, and the regret of picking the best score. Each repair is one \
      line, beside what it repairs.
      """)

  @Option(help: "Supernets trained for each line, from seeds of their own.")
  var seeds = 3
  @Option(help: "Epochs of the shared weights.")
  var epochs = 50
  @Option(name: .customLong("set"), help: "A parameter of the search, as name=number; repeatable.")
  var settings: [String] = []
  @Option(help: "Lines to run, by their number from 1; all by default.")
  var only: [Int] = []
  @Flag(help: "One JSON object a line.")
  var json = false

  private struct Line: Encodable {
    let method: String
    let params: [String: JSONValue]
    let seeds: Int
    let tau: Double
    let tauLow: Double
    let tauHigh: Double
    let tauTopHalf: Double
    let regret: Double
    let seconds: Double
  }

  /// What is compared: a name, the search, and what differs from its defaults.
  private static let methods: [(name: String, params: [String: JSONValue])] = [
    ("uniform paths, running statistics", ["sampling": "uniform", "statistics": "running"]),
    ("uniform paths, recalibrated", ["sampling": "uniform", "statistics": "recalibrated"]),
    ("uniform paths, batch statistics", ["sampling": "uniform"]),
    ("fair paths, batch statistics", ["sampling": "fair"]),
    ("fair paths, split in 3", ["sampling": "fair", "splits": 3]),
    ("fair paths, 1 epoch alone", ["sampling": "fair", "tune_epochs": 1, "tune_rate": 0.05]),
    ("fair paths, 5 epochs alone", ["sampling": "fair", "tune_epochs": 5, "tune_rate": 0.05]),
  ]

  func run() throws {
    let truth = try SharedTruth()
    if !json {
      print(
        """
        Built-in truth: tau of two seeds trained alone is \(rounded(truth.ceiling.all)) over all, \
        \(rounded(truth.ceiling.topHalf)) over the better half; \(seeds) seeds, \(epochs) epochs

        | shared weights | tau, mean [least, largest] | better half | regret | s |
        |---|---|---|---|---|
        """)
    }
    for (place, method) in BenchSharedCommand.methods.enumerated()
    where only.isEmpty || only.contains(place + 1) {
      var params = method.params
      for setting in settings {
        let parts = setting.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, let value = Double(parts[1]) else {
          throw ValidationError("--set \(setting): must be name=number")
        }
        params[parts[0]] = .number(value)
      }
      params["epochs"] = .number(Double(epochs))
      params["batch_size"] = 50
      var faults: [Fault] = []
      let parameters = Parameters(
        params, for: PathSampling.singlePath.parameters, at: "", faults: &faults)
      if let fault = faults.first { throw ValidationError("\(fault.pointer): \(fault.detail)") }
      let start = Date()
      let found = try (1...max(1, seeds)).map {
        try truth.agreement(parameters, seed: UInt64($0))
      }
      let taus = found.map(\.all)
      func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
      let line = Line(
        method: method.name, params: params, seeds: seeds, tau: mean(taus),
        tauLow: taus.min() ?? 0, tauHigh: taus.max() ?? 0,
        tauTopHalf: mean(found.map(\.topHalf)), regret: mean(found.map(\.regret)),
        seconds: Date().timeIntervalSince(start))
      try show(line)
    }
  }

  private func show(_ line: Line) throws {
    guard json else {
      print(
        """
        | \(line.method) | \(rounded(line.tau)) [\(rounded(line.tauLow)), \(rounded(line.tauHigh))] \
        | \(rounded(line.tauTopHalf)) | \(rounded(line.regret)) | \(Int(line.seconds.rounded())) |
        """)
      return
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    encoder.keyEncodingStrategy = .convertToSnakeCase
    print(String(decoding: try encoder.encode(line), as: UTF8.self))
  }

  private func rounded(_ value: Double) -> String {
    value.formatted(.number.precision(.fractionLength(3)))
  }
}
