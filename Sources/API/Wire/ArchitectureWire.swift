package import Domain

/// The wire form of an architecture: `atelier.architecture/1` with its place in the service.
package enum ArchitectureWire {
  package static func json(
    _ architecture: Architecture, record: ArchitectureRecord
  ) throws -> JSONValue {
    var members = try JSONValue(encoding: architecture).objectValue ?? [:]
    members["id"] = .string(record.id)
    members["job"] = .string(record.job)
    members["trials"] = .array(record.trials.map { .int($0) })
    members["parameters"] = .int(architecture.parameters)
    members["macs"] = .int(architecture.macs)
    return .object(members)
  }
}
