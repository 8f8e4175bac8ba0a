package import Domain

/// The wire forms of registry entries.
package enum CatalogWire {
  package static func strategy(_ entry: StrategyEntry, spaces: [String]) -> JSONValue {
    [
      "id": .string(entry.id), "summary": .string(entry.summary), "paper": .string(entry.paper),
      "parameters": schema(entry.parameters),
      "tasks": .array(JobRequest.tasks.map { .string($0) }),
      "spaces": .array((entry.spaces ?? spaces).map { .string($0) }),
      "home_space": .text(entry.homeSpace), "supernets": .bool(entry.supernets != nil),
      "honours_objectives": .bool(entry.honoursObjectives),
    ]
  }

  package static func pruner(_ entry: PrunerEntry) -> JSONValue {
    [
      "id": .string(entry.id), "summary": .string(entry.summary), "paper": .string(entry.paper),
      "parameters": schema(entry.parameters),
    ]
  }

  /// - Parameter space: The entry's space with its default parameters.
  package static func space(_ entry: SpaceEntry, _ space: any SearchSpace) -> JSONValue {
    [
      "id": .string(entry.id), "version": .int(entry.version), "summary": .string(entry.summary),
      "paper": .string(entry.paper),
      "inputs": .array(entry.inputs.map { .string($0.rawValue) }),
      "parameters": schema(entry.parameters), "architectures": .string(space.cardinality),
      "points": .array(space.points.map(point)),
    ]
  }

  private static func point(_ point: DecisionPoint) -> JSONValue {
    [
      "name": .string(point.name), "values": .array(point.values.map { .string($0) }),
      "ordered": .bool(point.isOrdered),
      "condition": point.condition.map {
        ["index": .int($0.index), "values": .array($0.values.map { .int($0) })]
      } ?? .null,
    ]
  }

  private static func schema(_ parameters: [Parameter]) -> JSONValue {
    [
      "type": "object", "additionalProperties": false,
      "properties": .object(
        Dictionary(parameters.map { ($0.name, $0.schema) }) { _, last in last }),
    ]
  }
}
