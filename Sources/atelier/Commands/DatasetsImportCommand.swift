internal import API
internal import ArgumentParser
internal import Domain
internal import Foundation

/// `atelier datasets import NAME`: checks files and stores them as a data set.
struct DatasetsImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Check files and store them as a data set.",
    discussion: """
      idx takes --train-images, --train-labels and perhaps --test-images, --test-labels;
      cifar-binary and csv take --train and perhaps --test; nas-table takes --table with --architecture,
      --signal, --report and perhaps --cost and --space. Each file plain or gzip.
      """)

  @Argument(help: "Name of the data set; unique in the data folder.")
  var name: String

  @Option(help: "idx, cifar-binary, csv or nas-table.")
  var format: String

  @Option(help: "IDX images of the training part.")
  var trainImages: String?

  @Option(help: "IDX labels of the training part.")
  var trainLabels: String?

  @Option(help: "IDX images of the test part.")
  var testImages: String?

  @Option(help: "IDX labels of the test part.")
  var testLabels: String?

  @Option(help: "CSV or CIFAR file of the training part.")
  var train: String?

  @Option(help: "CSV or CIFAR file of the test part.")
  var test: String?

  @Option(help: "CSV file of a benchmark table.")
  var table: String?

  @Option(help: "Column of architecture strings of a table.")
  var architecture: String?

  @Option(help: "Column of a table that a search sees.")
  var signal: String?

  @Option(help: "Column of a table that the final pick is judged by.")
  var report: String?

  @Option(help: "Column of a table with what an evaluation costs; MACs by default.")
  var cost: String?

  @Option(help: "Space of a table's strings, as name:key=value;key=value.")
  var space: String?

  @Option(help: "HEIGHTxWIDTHxCHANNELS of a CSV row that is an image, or of a table's networks.")
  var shape: String?

  @Option(help: "CSV column with the label.")
  var labelColumn: String?

  @Option(help: "Comma-separated names of the classes.")
  var classNames: String?

  @Option(help: "Share of the rows held out for test where no test part is given.")
  var testFraction: Double?

  @Option(help: "Seed of that split.")
  var testSeed: Int?

  @Option(help: "Folder to store it in.")
  var data = "data"

  @OptionGroup var machine: MachineOptions

  func run() async throws {
    let given = [
      ("train_images", trainImages), ("train_labels", trainLabels), ("test_images", testImages),
      ("test_labels", testLabels), ("train", train), ("test", test),
      ("table", table),
    ]
    let draft = try DatasetDraft(body(), formats: Wiring.catalog.formats)
    let wiring = try await Wiring(
      data: data, machine: machine, address: "command line", log: machine.logger())
    let dataset = try await DatasetImport(wiring: wiring).run(
      name: draft.name, format: draft.format, options: draft.options,
      files: given.compactMap { part, path in path.map { (part, $0) } })
    print(DatasetReport.line(of: dataset))
  }

  /// The options as the body that would begin the data set by HTTP, so that the same rules hold.
  private func body() throws -> JSONValue {
    var fields: [String: JSONValue] = ["name": .string(name), "format": .string(format)]
    fields["shape"] = try shape.map { JSONValue(try parsedShape($0)) }
    fields["label_column"] = labelColumn.map(JSONValue.string)
    fields["class_names"] = classNames.map { names in
      .array(names.split(separator: ",").map { .string(String($0)) })
    }
    fields["test_fraction"] = testFraction.map(JSONValue.number)
    fields["test_seed"] = testSeed.map { .number(Double($0)) }
    var table: [String: JSONValue] = [:]
    table["architecture"] = architecture.map(JSONValue.string)
    table["signal"] = signal.map(JSONValue.string)
    table["report"] = report.map(JSONValue.string)
    table["cost"] = cost.map(JSONValue.string)
    table["space"] = try space.map { JSONValue(try ComponentText.choice($0)) }
    if format == "nas-table", [architecture, signal, report].contains(nil) {
      throw ServiceError(
        .validation, "nas-table also needs --architecture, --signal and --report: names of columns")
    }
    if !table.isEmpty { fields["options"] = .object(table) }
    return .object(fields)
  }

  private func parsedShape(_ text: String) throws -> TensorShape {
    let sizes = text.split(separator: "x").compactMap { Int($0) }
    guard sizes.count == 3, sizes.allSatisfy({ $0 > 0 }) else {
      throw ServiceError(
        .validation, "--shape \(text) must be like 28x28x1 (height, width, channels)")
    }
    return TensorShape(height: sizes[0], width: sizes[1], channels: sizes[2])
  }
}
