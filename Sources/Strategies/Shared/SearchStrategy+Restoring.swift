internal import Domain
internal import FoundationEssentials

extension SearchStrategy {
  /// Reads a strategy back from the JSON it encoded itself to.
  ///
  /// - Throws: `ServiceError(.storage)` when the bytes are not this strategy's state.
  static func restored(from bytes: [UInt8]) throws -> Self {
    do {
      return try JSONDecoder().decode(Self.self, from: Data(bytes))
    } catch {
      throw ServiceError(.storage, "the stored state of \(Self.self) cannot be read: \(error)")
    }
  }
}
