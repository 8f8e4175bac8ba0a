import APITestKit
import Domain
import Foundation
import Yams

/// `openapi.yaml` as a tree, and the operations in it.
struct Contract {
  /// One method of one path.
  struct Operation {
    let method: String
    let path: String
    let node: JSONValue

    var name: String { "\(method) \(path)" }

    /// Documented statuses besides `default`.
    var statuses: [Int] {
      (node["responses"]?.objectValue ?? [:]).keys.compactMap { Int($0) }.sorted()
    }
  }

  let root: JSONValue
  let operations: [Operation]

  init() throws {
    let text = try String(contentsOfFile: RunningServer.root + "/openapi.yaml", encoding: .utf8)
    root = Contract.value(try Yams.load(yaml: text))
    var operations: [Operation] = []
    for (path, item) in root["paths"]?.objectValue ?? [:] {
      for (method, node) in item.objectValue ?? [:] {
        operations.append(Operation(method: method.uppercased(), path: path, node: node))
      }
    }
    self.operations = operations.sorted { $0.name < $1.name }
  }

  /// Follows a `$ref` within the document.
  func resolved(_ node: JSONValue) -> JSONValue {
    guard let reference = node["$ref"]?.stringValue else { return node }
    var place = root
    for part in reference.split(separator: "/").dropFirst() {
      place = place[String(part)] ?? .null
    }
    return resolved(place)
  }

  /// The documented answer of a status, or the default one.
  func response(_ operation: Operation, _ status: Int) -> JSONValue? {
    let responses = operation.node["responses"]
    return (responses?["\(status)"] ?? responses?["default"]).map(resolved)
  }

  /// Parameters of an operation that stand at a place: `path`, `query` or `header`.
  func parameters(_ operation: Operation, in place: String) -> [JSONValue] {
    (operation.node["parameters"]?.arrayValue ?? []).map(resolved).filter {
      $0["in"]?.stringValue == place
    }
  }

  /// The operation that a request is for.
  func operation(_ method: String, _ path: String) -> Operation? {
    let segments = path.prefix { $0 != "?" }.split(separator: "/")
    return operations.first { operation in
      let parts = operation.path.split(separator: "/")
      return operation.method == method && parts.count == segments.count
        && zip(parts, segments).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
  }

  private static func value(_ any: Any?) -> JSONValue {
    switch any {
    case let value as Bool: .bool(value)
    case let value as Int: .number(Double(value))
    case let value as Double: .number(value)
    case let value as String: .string(value)
    case let value as [Any]: .array(value.map(Contract.value))
    case let value as [String: Any]: .object(value.mapValues(Contract.value))
    case let value as [AnyHashable: Any]:
      .object(
        Dictionary(value.map { ("\($0.key)", Contract.value($0.value)) }) { _, last in last })
    default: .null
    }
  }
}
