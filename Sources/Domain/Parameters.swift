/// One parameter of a registry entry: its name, range and default, enough to check it and to print it.
package struct Parameter: Codable, Hashable, Sendable {
  /// What values it takes.
  package enum Kind: Codable, Hashable, Sendable {
    case integer(min: Int, max: Int)
    case number(min: Double, max: Double)
    case boolean
    case choice([String])
  }

  package let name: String
  package let summary: String
  package let kind: Kind
  package let standard: JSONValue

  package init(_ name: String, _ kind: Kind, default standard: JSONValue, _ summary: String) {
    self.name = name
    self.summary = summary
    self.kind = kind
    self.standard = standard
  }

  /// Why a value does not fit, or nil when it does.
  package func fault(in value: JSONValue) -> String? {
    switch kind {
    case .integer(let min, let max):
      if let whole = value.intValue, (min...max).contains(whole) { return nil }
      return "must be a whole number from \(min) to \(max)"
    case .number(let min, let max):
      if let number = value.doubleValue, (min...max).contains(number) { return nil }
      return "must be a number from \(min) to \(max)"
    case .boolean: return value.boolValue == nil ? "must be true or false" : nil
    case .choice(let values):
      if let word = value.stringValue, values.contains(word) { return nil }
      return "must be one of \(values.joined(separator: ", "))"
    }
  }

  /// The parameter as a JSON Schema.
  package var schema: JSONValue {
    var schema: [String: JSONValue] = ["description": .string(summary), "default": standard]
    switch kind {
    case .integer(let min, let max):
      schema["type"] = "integer"
      schema["minimum"] = .number(Double(min))
      schema["maximum"] = .number(Double(max))
    case .number(let min, let max):
      schema["type"] = "number"
      schema["minimum"] = .number(min)
      schema["maximum"] = .number(max)
    case .boolean: schema["type"] = "boolean"
    case .choice(let values):
      schema["type"] = "string"
      schema["enum"] = .array(values.map(JSONValue.string))
    }
    return .object(schema)
  }
}

/// Checked parameter values: every parameter of the entry is present and in range.
package struct Parameters: Codable, Hashable, Sendable {
  package let values: [String: JSONValue]

  /// Fills defaults in and checks the rest.
  ///
  /// - Parameter pointer: JSON Pointer of the object the values came from.
  package init(
    _ given: [String: JSONValue], for parameters: [Parameter], at pointer: String,
    faults: inout [Fault]
  ) {
    var values: [String: JSONValue] = [:]
    for parameter in parameters {
      let value = given[parameter.name] ?? parameter.standard
      if let fault = parameter.fault(in: value) {
        faults.append(Fault("\(pointer)/\(parameter.name)", "\(value.canonical) \(fault)"))
      }
      values[parameter.name] = value
    }
    let known = Set(parameters.map(\.name))
    for name in given.keys.sorted() where !known.contains(name) {
      let names = parameters.map(\.name).sorted().joined(separator: ", ")
      faults.append(
        Fault(
          "\(pointer)/\(name)", "unknown parameter; known are: \(names.isEmpty ? "none" : names)"))
    }
    self.values = values
  }

  /// A whole-number parameter; the entry's default has been filled in.
  package func integer(_ name: String) -> Int { values[name]?.intValue ?? 0 }

  /// A real parameter.
  package func number(_ name: String) -> Double { values[name]?.doubleValue ?? 0 }

  /// A boolean parameter.
  package func flag(_ name: String) -> Bool { values[name]?.boolValue ?? false }

  /// A parameter that is one of several words.
  package func word(_ name: String) -> String { values[name]?.stringValue ?? "" }
}
