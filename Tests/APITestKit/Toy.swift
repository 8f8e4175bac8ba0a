package import Domain
internal import Foundation

/// Doubles of what the service is made of.
package enum Toy {
  /// Spaces, strategies, formats and exporters by the names a user knows.
  package static let catalog = Catalog(
    spaces: Registry([
      SpaceEntry(
        id: "nasbench201-cell", version: 1, summary: "Cells.", paper: "", inputs: [.image],
        parameters: [Parameter("width", .integer(min: 1, max: 64), default: 8, "Channels.")],
        make: { _ in ToySpace() }),
      SpaceEntry(
        id: "mlp", version: 1, summary: "Features.", paper: "", inputs: [.tabular],
        parameters: [], make: { _ in ToySpace() }),
    ]),
    strategies: Registry(
      ["random", "regularized-evolution", "gaussian-process"].map { id in
        StrategyEntry(
          id: id, summary: "A strategy.", paper: "",
          parameters: id == "random"
            ? [] : [Parameter("population", .integer(min: 2, max: 99), default: 20, "Its size.")],
          honoursObjectives: id != "random",
          make: { _ in ToyStrategy() }, restore: { _, _ in ToyStrategy() })
      } + [
        StrategyEntry(
          id: "sharing", summary: "Shared weights.", paper: "", parameters: [],
          supernets: { _ in 1 }, make: { _ in ToyStrategy() }, restore: { _, _ in ToyStrategy() })
      ]),
    formats: Registry([
      DatasetFormat(
        id: "csv", summary: "Rows.", requiredParts: ["train"], optionalParts: ["test"])
    ]),
    exporters: [
      ToyExporter(
        id: "json", mediaType: "application/json", fileExtension: "json", needsWeights: false),
      ToyExporter(
        id: "dot", mediaType: "text/vnd.graphviz", fileExtension: "dot", needsWeights: false),
      ToyExporter(
        id: "safetensors", mediaType: "application/octet-stream",
        fileExtension: "safetensors", needsWeights: true),
    ],
    decode: { space, genotype, input, classes in
      try decode(space, genotype, input, classes)
    })

  private static func decode(
    _ space: ComponentChoice, _ genotype: Genotype, _ input: TensorShape, _ classes: Int
  ) throws -> Architecture {
    guard let operation = genotype.decisions[0], operation < 2 else {
      throw SpaceError("broken does not fit \(input)")
    }
    let logits = TensorShape(features: classes)
    return Architecture(
      space: space, spaceVersion: 1, genotype: genotype, code: ToySpace().code(of: genotype),
      input: input, classes: classes,
      nodes: [
        .init(
          id: 0, layer: .identity, inputs: [], shape: input, parameters: 0, macs: 0, scope: "input"),
        .init(
          id: 1, layer: .linear(units: classes, bias: true), inputs: [0], shape: logits,
          parameters: (input.count + 1) * classes, macs: input.count * classes, scope: "head"),
      ], output: 1,
      cells: [
        .init(
          name: "cell", states: ["0", "1"],
          edges: [.init(from: 0, to: 1, operation: "conv", isLive: true)], repeats: ["stages.0"])
      ], dead: [], fingerprint: fingerprint(operation))
  }

  /// A fingerprint as a space gives it.
  package static func fingerprint(_ number: Int) -> String {
    "a1-" + String(repeating: "\(number)", count: 32)
  }

  /// The sealed set `digits`, or another.
  package static func dataset(
    _ name: String = "digits", isBuiltIn: Bool = true, state: Dataset.State = .sealed
  ) -> Dataset {
    Dataset(
      id: "ds_\(name)", name: name, isBuiltIn: isBuiltIn, format: "csv",
      options: DatasetOptions(), state: state, files: [],
      content: state == .sealed ? content : nil, created: Date(timeIntervalSince1970: 1_000_000))
  }

  /// What every sealed toy holds.
  package static let content = DatasetContent(
    digest: String(repeating: "d", count: 64),
    shape: TensorShape(height: 8, width: 8, channels: 1), classes: ["0", "1"], trainRows: 1440,
    testRows: 360, testSplit: "official", validationFraction: 0.2, trainCounts: [720, 720],
    testCounts: [180, 180], minimum: 0, maximum: 16, mean: 5, deviation: 6, sizeBytes: 1000,
    source: "somewhere", licence: "CC BY 4.0")

  /// A queued job on `digits`.
  package static func job(_ id: String, name: String = "a job") throws -> Job {
    let request = try JobRequest.resolve(
      ["dataset": "digits", "name": .string(name), "labels": ["toy"]], catalog: catalog,
      dataset: dataset())
    return Job(
      id: id, request: request, datasetDigest: content.digest, state: .queued,
      created: Date(timeIntervalSince1970: 1_700_000_000))
  }

  /// A completed trial; even numbers used the first operation, odd ones the second.
  package static func trial(_ number: Int, weights: String? = nil) -> Trial {
    let genotype = Genotype(number % 2 == 0 ? [0, 1] : [1, nil])
    var trial = Trial(
      number: number, candidate: Candidate(genotype, parent: number > 2 ? 1 : nil),
      code: ToySpace().code(of: genotype), fingerprint: fingerprint(number % 2))
    trial.state = .completed
    trial.attempt = 1
    trial.metrics = [
      MetricName.searchAccuracy: 0.9 + Double(number) / 100, MetricName.parameters: 130,
      MetricName.macs: 128,
    ]
    trial.measured = ["train_seconds": 0.5]
    trial.curve = [
      Measurement(epoch: 1, metrics: ["train_loss": 0.3, "validation_accuracy": nil], seconds: 0.5)
    ]
    trial.weights = weights
    trial.started = Date(timeIntervalSince1970: 1_700_000_001)
    trial.finished = Date(timeIntervalSince1970: 1_700_000_002)
    return trial
  }

  /// A value as JSON text.
  static func encoded(_ value: some Encodable) throws -> String {
    String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
  }
}
