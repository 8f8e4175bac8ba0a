internal import Domain
internal import Foundation

/// Reads the parameters of a request's query and gathers every fault.
struct QueryReader {
  private let query: Query
  private var faults: [Fault] = []

  /// - Parameter names: The parameters that the route has; any other is a fault.
  init(_ request: Request, _ names: String...) {
    query = request.query
    var seen: [String: Int] = [:]
    for item in query.items {
      seen[item.name, default: 0] += 1
      if !names.contains(item.name) {
        let known = names.isEmpty ? "none" : names.joined(separator: ", ")
        add(item.name, "unknown parameter; known are: \(known)")
      } else if seen[item.name] == 2 {
        add(item.name, "must be there once, not several times")
      }
      if !item.isDecoded {
        add(item.name, "must be UTF-8 with whole percent escapes, not '\(item.value)'")
      }
    }
  }

  /// The text of a parameter.
  func text(_ name: String) -> String? { query[name] }

  /// A whole number in a range.
  mutating func integer(
    _ name: String, in range: ClosedRange<Int>, default standard: Int
  ) -> Int {
    guard let text = query[name] else { return standard }
    if let value = Int(text), range.contains(value) { return value }
    add(
      name, "must be a whole number from \(range.lowerBound) to \(range.upperBound), not '\(text)'")
    return standard
  }

  /// A number in a range.
  mutating func number(
    _ name: String, in range: ClosedRange<Double>, default standard: Double
  ) -> Double {
    guard let text = query[name] else { return standard }
    if let value = Double(text), range.contains(value) { return value }
    add(
      name,
      "must be a number from \(JSONValue.canonicalNumber(range.lowerBound)) "
        + "to \(JSONValue.canonicalNumber(range.upperBound)), not '\(text)'")
    return standard
  }

  /// One word of an enumeration.
  mutating func word<Word: RawRepresentable & CaseIterable>(
    _ name: String, default standard: Word
  ) -> Word where Word.RawValue == String {
    guard let text = query[name] else { return standard }
    if let word = Word(rawValue: text) { return word }
    add(name, "must be one of \(QueryReader.known(Word.self)), not '\(text)'")
    return standard
  }

  /// Words of an enumeration, separated by commas.
  mutating func words<Word: RawRepresentable & CaseIterable>(
    _ name: String, as type: Word.Type
  ) -> [Word] where Word.RawValue == String {
    guard let text = query[name] else { return [] }
    return text.split(separator: ",", omittingEmptySubsequences: false).compactMap { part in
      if let word = Word(rawValue: String(part)) { return word }
      add(name, "must be of \(QueryReader.known(Word.self)), not '\(part)'")
      return nil
    }
  }

  /// An RFC 3339 time.
  mutating func time(_ name: String) -> Date? {
    guard let text = query[name] else { return nil }
    if let date = Timestamp.date(text) { return date }
    add(name, "must be an RFC 3339 time such as 2025-11-23T21:29:00Z, not '\(text)'")
    return nil
  }

  /// Adds a fault of a parameter.
  mutating func add(_ name: String, _ detail: String) {
    faults.append(Fault("/query/\(FaultCollector.escaped(name))", detail))
  }

  /// Ends the reading.
  ///
  /// - Throws: `ServiceError(.invalidRequest)` with all faults.
  func finish() throws {
    if faults.isEmpty { return }
    throw ServiceError(.invalidRequest, "the query is wrong", faults: faults)
  }

  private static func known<Word: RawRepresentable & CaseIterable>(_ type: Word.Type) -> String
  where Word.RawValue == String {
    Word.allCases.map(\.rawValue).joined(separator: ", ")
  }
}

extension Request {
  /// The body as JSON; an empty one, where the route allows it, is an empty object.
  ///
  /// - Throws: `ServiceError(.invalidRequest)` when it is not JSON or cannot be taken, and
  ///   `ServiceError(.validation)` when a member is there more than once.
  func json() throws -> JSONValue {
    guard case .bytes(let bytes) = body else { return [:] }
    try JSONScanner.check(bytes)
    do {
      return try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
    } catch {
      throw ServiceError(.invalidRequest, "the body is JSON that cannot be decoded")
    }
  }
}
