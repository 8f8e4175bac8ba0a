/// Reads the members of a JSON object and gathers every fault, so that a user hears of all at once.
///
/// A member that is null counts as not given.
package struct FaultCollector {
  package private(set) var faults: [Fault] = []

  package init() {}

  /// Adds a fault at a JSON Pointer.
  package mutating func add(_ pointer: String, _ detail: String) {
    faults.append(Fault(pointer, detail))
  }

  /// Adds the faults that `body` finds.
  package mutating func gather<Result>(_ body: (inout [Fault]) -> Result) -> Result {
    body(&faults)
  }

  /// The object at a place, or nil where none is given; a fault where it is something else.
  package mutating func object(
    _ value: JSONValue?, at pointer: String, members: [String]
  ) -> [String: JSONValue]? {
    guard let value, value != .null else { return nil }
    guard let object = value.objectValue else {
      add(pointer, "must be an object, not \(value.kind)")
      return nil
    }
    for name in object.keys.sorted() where !members.contains(name) {
      add(
        "\(pointer)/\(FaultCollector.escaped(name))",
        "unknown field; known are: \(members.joined(separator: ", "))")
    }
    return object
  }

  /// A whole number in a range.
  package mutating func integer(
    _ value: JSONValue?, at pointer: String, in range: ClosedRange<Int>
  ) -> Int? {
    guard let value, value != .null else { return nil }
    if let whole = value.intValue, range.contains(whole) { return whole }
    add(
      pointer,
      "must be a whole number from \(range.lowerBound) to \(range.upperBound), \(said(value))")
    return nil
  }

  /// A number that a rule accepts; `rule` says the rule in words.
  package mutating func number(
    _ value: JSONValue?, at pointer: String, _ rule: String, where accepts: (Double) -> Bool
  ) -> Double? {
    guard let value, value != .null else { return nil }
    if let number = value.doubleValue, number.isFinite, accepts(number) { return number }
    add(pointer, "must be a number \(rule), \(said(value))")
    return nil
  }

  /// A truth value.
  package mutating func flag(_ value: JSONValue?, at pointer: String) -> Bool? {
    guard let value, value != .null else { return nil }
    if let flag = value.boolValue { return flag }
    add(pointer, "must be true or false, \(said(value))")
    return nil
  }

  /// A line of text without control characters, of limited length in characters.
  package mutating func line(
    _ value: JSONValue?, at pointer: String, length: ClosedRange<Int>
  ) -> String? {
    guard let value, value != .null else { return nil }
    guard let text = value.stringValue else {
      add(pointer, "must be a string, not \(value.kind)")
      return nil
    }
    guard length.contains(text.unicodeScalars.count) else {
      add(
        pointer,
        "must have \(length.lowerBound) to \(length.upperBound) characters, "
          + "not \(text.unicodeScalars.count)")
      return nil
    }
    if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
      add(pointer, "must not hold control characters")
      return nil
    }
    return text
  }

  /// One of the words of an enumeration.
  package mutating func word<Word: RawRepresentable & CaseIterable>(
    _ value: JSONValue?, at pointer: String, as type: Word.Type
  ) -> Word? where Word.RawValue == String {
    guard let value, value != .null else { return nil }
    if let word = value.stringValue.flatMap(Word.init) { return word }
    let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
    add(pointer, "must be one of \(known), \(said(value))")
    return nil
  }

  /// The elements of an array of limited length.
  package mutating func elements(
    _ value: JSONValue?, at pointer: String, count: ClosedRange<Int>
  ) -> [JSONValue]? {
    guard let value, value != .null else { return nil }
    guard let elements = value.arrayValue else {
      add(pointer, "must be an array, not \(value.kind)")
      return nil
    }
    guard count.contains(elements.count) else {
      add(
        pointer,
        "must have \(count.lowerBound) to \(count.upperBound) elements, not \(elements.count)")
      return nil
    }
    return elements
  }

  /// A member's name as a part of a JSON Pointer (RFC 6901 §3).
  package static func escaped(_ name: String) -> String {
    var result = ""
    for character in name.unicodeScalars {
      switch character {
      case "~": result += "~0"
      case "/": result += "~1"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }

  private func said(_ value: JSONValue) -> String {
    switch value {
    case .number, .bool: "not \(value.canonical)"
    case .string(let text) where text.count <= 80: "not '\(text)'"
    default: "not \(value.kind)"
    }
  }
}
