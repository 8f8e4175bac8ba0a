package import Domain

/// The wire form of a data set.
package enum DatasetWire {
  package static func json(_ dataset: Dataset) -> JSONValue {
    [
      "id": .string(dataset.id), "name": .string(dataset.name),
      "built_in": .bool(dataset.isBuiltIn), "format": .string(dataset.format),
      "options": options(dataset.options), "state": .string(dataset.state.rawValue),
      "files": .array(dataset.files.map(file)),
      "content": dataset.content.map(content) ?? .null, "created": .time(dataset.created),
    ]
  }

  package static func file(_ file: DatasetFile) -> JSONValue {
    [
      "part": .string(file.part), "size_bytes": .int(file.sizeBytes),
      "sha256": .string(file.sha256),
    ]
  }

  private static func options(_ options: DatasetOptions) -> JSONValue {
    [
      "shape": options.shape.map { JSONValue($0) } ?? .null,
      "label_column": .text(options.labelColumn),
      "class_names": options.classNames.map { .array($0.map { .string($0) }) } ?? .null,
      "test_fraction": .real(options.testFraction), "test_seed": .int(options.testSeed),
      "table": options.table.map(table) ?? .null,
    ]
  }

  private static func table(_ options: TableOptions) -> JSONValue {
    [
      "architecture": .string(options.architecture), "signal": .string(options.signal),
      "report": .string(options.report), "cost": .text(options.cost),
      "space": options.space.map(space) ?? .null,
    ]
  }

  private static func space(_ choice: ComponentChoice) -> JSONValue {
    ["name": .string(choice.name), "params": .object(choice.params)]
  }

  private static func content(_ content: DatasetContent) -> JSONValue {
    .object([
      "digest": .string(content.digest), "kind": .string(content.inputKind.rawValue),
      "shape": JSONValue(content.shape),
      "classes": .array(content.classes.map { .string($0) }),
      "train_rows": .int(content.trainRows), "fitting_rows": .int(content.fittingRows),
      "validation_rows": .int(content.trainRows - content.fittingRows),
      "test_rows": .int(content.testRows), "test_split": .string(content.testSplit),
      "validation_fraction": .number(content.validationFraction),
      "train_counts": .array(content.trainCounts.map { .int($0) }),
      "test_counts": .array(content.testCounts.map { .int($0) }),
      "minimum": .number(content.minimum), "maximum": .number(content.maximum),
      "mean": .number(content.mean), "deviation": .number(content.deviation),
      "size_bytes": .int(content.sizeBytes), "source": .string(content.source),
      "licence": .string(content.licence),
      "table": content.table.map { table in
        [
          "space": space(table.space), "signal": .string(table.signal),
          "report": .string(table.report), "cost": .text(table.cost),
          "incomplete_rows": .int(table.incompleteRows),
        ]
      } ?? .null,
    ])
  }
}
