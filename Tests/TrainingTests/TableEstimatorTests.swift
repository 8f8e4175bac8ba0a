import Architectures
import Datasets
import Domain
import Engine
import Foundation
import Testing
import Training

@Suite struct TableEstimatorTests {
  private static let space = ComponentChoice("nasbench201-cell")
  /// Two strings of the same network with different values, and one without a path.
  private static let rows = [
    ("|none~0|+|none~0|none~1|+|nor_conv_3x3~0|none~1|none~2|", "81.5,90.25,12"),
    ("|skip_connect~0|+|none~0|none~1|+|none~0|nor_conv_3x3~1|none~2|", "82,91,13"),
    ("|none~0|+|none~0|none~1|+|none~0|none~1|none~2|", "10,10,1"),
  ]

  /// A sealed table in a folder of its own, gone with it.
  private final class Table {
    let folder = NSTemporaryDirectory() + "table-" + UUID().uuidString
    let content: DatasetContent
    let path: String

    init(cost: String? = "seconds") throws {
      let vault = FileDatasetVault(folder: folder, limitBytes: 1 << 30) { choice in
        let space = try SpaceRegistry.space(choice)
        return { space.code(of: try space.genotype(of: $0)) }
      }
      let csv =
        "arch,signal,report,seconds\n" + rows.map { "\($0.0),\($0.1)\n" }.joined()
      let upload = try vault.beginUpload(dataset: "ds_t", format: "nas-table", part: "table")
      try Array(csv.utf8).withUnsafeBytes { try upload.write($0) }
      let options = DatasetOptions(
        shape: TensorShape(height: 8, width: 8, channels: 3),
        table: TableOptions(architecture: "arch", signal: "signal", report: "report", cost: cost))
      content = try vault.seal(
        Dataset(
          id: "ds_t", name: "t", isBuiltIn: false, format: "nas-table", options: options,
          state: .open, files: [try upload.finish()], content: nil, created: Date()))
      path = vault.path(digest: content.digest)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }
  }

  private func order(
    _ role: WorkOrder.Role, _ code: String, in table: Table, seed: UInt64 = 0,
    parent: String? = nil
  ) throws -> WorkOrder {
    WorkOrder(
      job: "job_1", role: role, number: 1, repetition: 0, attempt: 1, seed: seed,
      space: TableEstimatorTests.space, genotype: try NASBench201Space().genotype(of: code),
      datasetPath: table.path, dataset: table.content,
      schedule: TrainingSchedule(samplesSeen: 1), parentWeights: parent,
      weightsFolder: table.folder + "/weights", secondsLeft: nil, memoryLimitBytes: 1 << 20,
      numerics: Numerics(engineVersion: EngineVersion.current, isa: "generic", threads: 1))
  }

  private func completed(
    _ order: WorkOrder, _ estimator: TableEstimator = TableEstimator(),
    _ watcher: Watcher = Watcher()
  ) throws -> Evaluation {
    let outcome = estimator.run(order, watch: watcher.watch)
    guard case .completed(let evaluation) = outcome else {
      Issue.record("\(outcome)")
      throw ServiceError(.internal, "not completed")
    }
    return evaluation
  }

  @Test func `a trial brings the signal, its cost and a curve of one measurement`() throws {
    let table = try Table()
    let watcher = Watcher()
    let evaluation = try completed(
      order(.trial, TableEstimatorTests.rows[0].0, in: table), TableEstimator(), watcher)
    #expect(
      evaluation.metrics.keys.sorted() == ["cost", "macs", "parameters", "search_accuracy"])
    #expect(evaluation.metrics[MetricName.searchAccuracy] == 0.815)
    #expect(evaluation.metrics[MetricName.cost] == 12)
    #expect(evaluation.curve.map(\.epoch) == [1] && evaluation.curve == watcher.measurements)
    #expect(evaluation.curve[0].metrics == [MetricName.validationAccuracy: 0.815])
    #expect(evaluation.fingerprint.hasPrefix("a1-") && evaluation.weights == nil)
    #expect(!FileManager.default.fileExists(atPath: table.folder + "/weights"))
  }

  @Test func `a selection brings the signal, and a test alone the report`() throws {
    let table = try Table()
    let code = TableEstimatorTests.rows[1].0
    let selection = try completed(order(.selection, code, in: table))
    #expect(selection.metrics[MetricName.validationAccuracy] == 0.82)
    #expect(selection.metrics[MetricName.testAccuracy] == nil)
    let test = try completed(order(.test, code, in: table))
    #expect(test.metrics.keys.sorted() == ["cost", "macs", "parameters", "test_accuracy"])
    #expect(test.metrics[MetricName.testAccuracy] == 0.91)
    #expect(test.curve.isEmpty)
  }

  @Test func `isomorphic strings have one fingerprint and values of their own`() throws {
    let table = try Table()
    let estimator = TableEstimator()
    let pair = try TableEstimatorTests.rows.prefix(2).map {
      try completed(order(.trial, $0.0, in: table), estimator)
    }
    #expect(pair[0].fingerprint == pair[1].fingerprint)
    #expect(pair.map { $0.metrics[MetricName.searchAccuracy] } == [0.815, 0.82])
  }

  @Test func `seeds and parents change nothing`() throws {
    let table = try Table()
    let code = TableEstimatorTests.rows[0].0
    let plain = try completed(order(.trial, code, in: table))
    let other = try completed(
      order(.trial, code, in: table, seed: 9, parent: "/no/such/weights"))
    #expect(plain.metrics == other.metrics)
  }

  @Test func `without a column of costs MACs stand in`() throws {
    let table = try Table(cost: nil)
    let evaluation = try completed(order(.trial, TableEstimatorTests.rows[0].0, in: table))
    #expect(evaluation.metrics[MetricName.cost] == evaluation.metrics[MetricName.macs])
  }

  @Test func `a cell without a path has its row, and a string without a row is infeasible`() throws
  {
    let table = try Table()
    let dead = try completed(order(.trial, TableEstimatorTests.rows[2].0, in: table))
    #expect(dead.metrics[MetricName.searchAccuracy] == 0.1)
    let unknown = TableEstimatorTests.rows[0].0.replacingOccurrences(of: "3x3", with: "1x1")
    let outcome = TableEstimator().run(
      try order(.trial, unknown, in: table), watch: Watcher().watch)
    guard case .infeasible(let reason, _) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(reason.contains("no row of |none~0|"))
  }

  @Test func `a table that is gone is a fault of the storage`() throws {
    let table = try Table()
    let order = try order(.trial, TableEstimatorTests.rows[0].0, in: table)
    try FileManager.default.removeItem(atPath: table.folder)
    guard case .storage = TableEstimator().run(order, watch: Watcher().watch) else {
      Issue.record("it was answered")
      return
    }
  }
}
