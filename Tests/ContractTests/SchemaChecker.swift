import Domain
import Foundation

/// Checks values against the part of JSON Schema 2020-12 that the contract uses.
struct SchemaChecker {
  let contract: Contract

  private static let notes: Set<String> = [
    "description", "default", "examples", "format", "title",
  ]

  /// What is wrong with a value, each with its JSON Pointer; a keyword that is not known is wrong.
  func faults(_ value: JSONValue, _ schema: JSONValue, at pointer: String = "") -> [String] {
    let schema = contract.resolved(schema)
    if schema == false { return ["\(pointer): must not be there"] }
    var faults: [String] = []
    for (keyword, rule) in (schema.objectValue ?? [:]).sorted(by: { $0.key < $1.key })
    where !SchemaChecker.notes.contains(keyword) {
      faults += check(value, keyword, rule, schema, pointer)
    }
    return faults
  }

  private func check(
    _ value: JSONValue, _ keyword: String, _ rule: JSONValue, _ schema: JSONValue,
    _ pointer: String
  ) -> [String] {
    func unless(_ holds: Bool) -> [String] {
      holds ? [] : ["\(pointer): \(value.canonical.prefix(80)) breaks \(keyword) \(rule.canonical)"]
    }
    let number = value.doubleValue
    let bound = rule.doubleValue ?? 0
    let length = value.stringValue?.unicodeScalars.count
    switch keyword {
    case "type":
      let types = rule.arrayValue ?? [rule]
      return unless(types.contains { SchemaChecker.has(value, $0.stringValue ?? "") })
    case "enum": return unless(rule.arrayValue?.contains(value) == true)
    case "const": return unless(rule == value)
    case "minimum": return unless(number.map { $0 >= bound } ?? true)
    case "maximum": return unless(number.map { $0 <= bound } ?? true)
    case "exclusiveMinimum": return unless(number.map { $0 > bound } ?? true)
    case "exclusiveMaximum": return unless(number.map { $0 < bound } ?? true)
    case "minLength": return unless(length.map { Double($0) >= bound } ?? true)
    case "maxLength": return unless(length.map { Double($0) <= bound } ?? true)
    case "minItems": return unless(value.arrayValue.map { Double($0.count) >= bound } ?? true)
    case "maxItems": return unless(value.arrayValue.map { Double($0.count) <= bound } ?? true)
    case "pattern":
      guard let text = value.stringValue, let pattern = rule.stringValue else { return [] }
      return unless(text.range(of: pattern, options: .regularExpression) != nil)
    case "required":
      guard let members = value.objectValue else { return [] }
      return (rule.arrayValue ?? []).compactMap(\.stringValue).filter { members[$0] == nil }
        .map { "\(pointer): lacks \($0)" }
    case "properties":
      return (rule.objectValue ?? [:]).flatMap { name, schema -> [String] in
        guard let member = value[name] else { return [] }
        return faults(member, schema, at: "\(pointer)/\(name)")
      }
    case "additionalProperties":
      let known = schema["properties"]?.objectValue ?? [:]
      return (value.objectValue ?? [:]).filter { known[$0.key] == nil }.flatMap { name, member in
        faults(member, rule, at: "\(pointer)/\(name)")
      }
    case "items":
      return (value.arrayValue ?? []).enumerated().flatMap { index, element in
        faults(element, rule, at: "\(pointer)/\(index)")
      }
    case "anyOf":
      let branches = (rule.arrayValue ?? []).map { faults(value, $0, at: pointer) }
      if branches.contains(where: \.isEmpty) { return [] }
      return [
        "\(pointer): fits none of: "
          + branches.map { $0.joined(separator: "; ") }.joined(separator: " | ")
      ]
    default: return ["\(pointer): the checker does not know the keyword \(keyword)"]
    }
  }

  private static func has(_ value: JSONValue, _ type: String) -> Bool {
    switch (value, type) {
    case (.null, "null"), (.bool, "boolean"), (.number, "number"), (.string, "string"),
      (.array, "array"), (.object, "object"):
      true
    case (.number(let number), "integer"): number == number.rounded()
    default: false
    }
  }
}
