internal import ArgumentParser
internal import Datasets
internal import Domain
internal import Engine
internal import Foundation
internal import Strategies
internal import Training

/// `atelier bench truth`: the built-in truth, told or made anew.
struct BenchTruthCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "truth",
    abstract: "Tell the built-in truth's noise ceiling, or train all its networks anew.",
    discussion: """
      The file is the same to the byte wherever it is made with the same engine, instruction set and \
      zlib.
      """)

  @Flag(help: "Train every network with every seed; some minutes.")
  var make = false

  @Option(help: "File to write to, packed where it ends in .gz; standard output by default.")
  var out: String?

  @Option(help: "Threads; the result does not depend on them.")
  var threads = 2

  func run() async throws {
    guard (1...256).contains(threads) else { throw ValidationError("--threads must be 1 to 256") }
    guard make else {
      guard out == nil else { throw ValidationError("--out needs --make") }
      return try tell()
    }
    let maker = try TruthMaker()
    let threads = threads
    let text = try await withThrowingTaskGroup(
      of: [(Int, [TruthTraining.Accuracies])].self
    ) { group in
      for first in 0..<threads {
        group.addTask {
          try stride(from: first, to: maker.cells.count, by: threads).map { cell in
            try Task.checkCancellation()
            return (cell, try maker.run(cell))
          }
        }
      }
      var results = [[TruthTraining.Accuracies]](repeating: [], count: maker.cells.count)
      for try await part in group {
        for (cell, accuracies) in part { results[cell] = accuracies }
      }
      return maker.csv(results)
    }
    guard let out else { return print(text, terminator: "") }
    let bytes = Array(text.utf8)
    try Data(out.hasSuffix(".gz") ? GzipWriter.packed(bytes) : bytes)
      .write(to: URL(fileURLWithPath: out), options: .atomic)
  }

  private func tell() throws {
    let truth = try BuiltinTruth()
    let best = truth.table.report.values.max() ?? .nan
    print(
      """
      \(truth.table.codes.count) strings, \(truth.table.graphs.count) networks, trained by \
      \(truth.maker)
      best mean test accuracy: \(String(format: "%.4f", best))
      τ_b of two seeds' validation accuracies, mean of the pairs of seeds
        all networks: \(String(format: "%.3f", truth.ceiling.all))
        half with the highest mean test accuracy: \(String(format: "%.3f", truth.ceiling.topHalf))
      """)
  }
}
