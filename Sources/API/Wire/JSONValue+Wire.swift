package import Domain
package import Foundation

/// The pieces that wire forms are made of; a member without a value is null, not absent.
extension JSONValue {
  /// A whole number.
  package static func int(_ value: Int) -> JSONValue { .number(Double(value)) }

  /// A whole number or null.
  package static func int(_ value: Int?) -> JSONValue { value.map { .int($0) } ?? .null }

  /// A number or null.
  package static func real(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }

  /// A string or null.
  package static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

  /// An RFC 3339 time in UTC with milliseconds, or null.
  package static func time(_ value: Date?) -> JSONValue {
    value.map { .string(Timestamp.text($0)) } ?? .null
  }

  /// A metric that counts something: its whole number, or null.
  package static func count(_ value: Double?) -> JSONValue {
    guard let value, value.isFinite else { return .null }
    return .number(value.rounded())
  }

  /// Numbers by name.
  package static func numbers(_ values: [String: Double]) -> JSONValue {
    .object(values.mapValues { .number($0) })
  }

  /// Any value by its own JSON form.
  package init(encoding value: some Encodable) throws {
    self = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value))
  }

  /// One sample's shape.
  package init(_ shape: TensorShape) {
    self = [
      "height": .int(shape.height), "width": .int(shape.width), "channels": .int(shape.channels),
    ]
  }

  /// A registry entry with its parameters.
  package init(_ choice: ComponentChoice) {
    self = ["name": .string(choice.name), "params": .object(choice.params)]
  }

  /// The bare array of value indices.
  package init(_ genotype: Genotype) {
    self = .array(genotype.decisions.map { .int($0) })
  }
}

extension Response {
  /// A JSON answer.
  package init(_ status: Int = 200, json: JSONValue) {
    self.init(status, type: "application/json", bytes: Array(json.canonical.utf8))
  }
}
