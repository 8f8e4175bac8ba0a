extension FaultCollector {
  /// A registry's entry with its parameters: the name alone, or `{"name", "params"}`.
  ///
  /// - Parameters:
  ///   - what: What the registry holds, for messages.
  ///   - standard: What stands for a value that is not given.
  /// - Returns: The choice with every parameter filled in; only its name where there is no such entry.
  package mutating func component<Entry: RegistryEntry>(
    _ value: JSONValue?, at pointer: String, in registry: Registry<Entry>, what: String,
    default standard: ComponentChoice
  ) -> ComponentChoice {
    var name = standard.name
    var given = (value ?? .null) == .null ? standard.params : [:]
    if let word = value?.stringValue {
      name = word
    } else if let object = object(value, at: pointer, members: ["name", "params"]) {
      if let word = object["name"]?.stringValue {
        name = word
      } else {
        add("\(pointer)/name", "is required: one of \(registry.ids.joined(separator: ", "))")
      }
      if let params = object["params"], params != .null {
        if let members = params.objectValue {
          given = members.filter { $0.value != .null }
        } else {
          add("\(pointer)/params", "must be an object, not \(params.kind)")
        }
      }
    }
    guard let entry = registry[name] else {
      let known = registry.ids.joined(separator: ", ")
      add(
        value?.stringValue == nil && value?.objectValue != nil ? "\(pointer)/name" : pointer,
        "no \(what) '\(name)'; known are \(known)")
      return ComponentChoice(name)
    }
    let parameters = gather {
      Parameters(given, for: entry.parameters, at: "\(pointer)/params", faults: &$0)
    }
    return ComponentChoice(name, params: parameters.values)
  }
}
