internal import Domain
internal import Strategies

/// Registry entries with parameters as one writes them in a command: `name:key=value;key=value`.
enum ComponentText {
  /// Reads one entry's name and parameters.
  ///
  /// - Throws: `ServiceError(.validation)` for a parameter that is not `key=value`.
  static func choice(_ text: String) throws -> ComponentChoice {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    var params: [String: JSONValue] = [:]
    for pair in (parts.count > 1 ? parts[1] : "").split(separator: ";") {
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard sides.count == 2, !sides[0].isEmpty else {
        throw ServiceError(.validation, "'\(pair)' of '\(text)' must be key=value")
      }
      params[String(sides[0])] = value(String(sides[1]))
    }
    return ComponentChoice(String(parts.first ?? ""), params: params)
  }

  /// Reads a comma list of strategies.
  ///
  /// - Parameter space: the space they are to run on.
  /// - Throws: `ServiceError(.validation)` that names a strategy or parameter that does not exist.
  static func contenders(
    _ text: String, on space: String
  ) throws -> [Contender] {
    var contenders: [Contender] = []
    for word in text.split(separator: ",").map(String.init) {
      let choice = try choice(word)
      guard let entry = StrategyRegistry.all[choice.name] else {
        let known = StrategyRegistry.sampling.ids.joined(separator: ", ")
        throw ServiceError(.validation, "no strategy '\(choice.name)'; known are \(known)")
      }
      if let fault = Contender.fault(of: entry, on: space) {
        throw ServiceError(.validation, fault)
      }
      var faults: [Fault] = []
      let parameters = Parameters(choice.params, for: entry.parameters, at: word, faults: &faults)
      guard faults.isEmpty else {
        throw ServiceError(.validation, "the strategy \(word) cannot be made", faults: faults)
      }
      guard !contenders.contains(where: { $0.name == word }) else {
        throw ServiceError(.validation, "the strategy \(word) is listed twice")
      }
      contenders.append(Contender(word, entry, parameters))
    }
    return contenders
  }

  private static func value(_ text: String) -> JSONValue {
    switch text {
    case "true": true
    case "false": false
    default: Double(text).map(JSONValue.number) ?? .string(text)
    }
  }
}
