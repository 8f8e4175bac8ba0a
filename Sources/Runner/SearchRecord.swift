internal import FoundationEssentials

/// What the store keeps as strategy state: the machine's own counters, then the strategy's bytes.
///
/// One line of JSON, a line feed, and what the strategy encoded itself to. Both change in the same
/// transaction as the trial that was observed, so that a restart goes on exactly there.
struct SearchRecord: Codable, Hashable, Sendable {
  /// Trials 1…observed were taken in by the strategy.
  var observed = 0
  /// The strategy's last answer was empty.
  var isDry = false
  /// Hash chain over the weights of all observed trials; see `JobDigest`.
  var weightsChain = JobDigest.emptyChain
  /// Trials whose weights later proposals may inherit, ascending; nil: none.
  var parents: [Int]?
  /// Supernets that the strategy was told of; nil: none.
  var rounds: Int?

  private enum CodingKeys: String, CodingKey {
    case observed
    case isDry = "is_dry"
    case weightsChain = "weights_chain"
    case parents, rounds
  }

  /// The bytes for the store.
  func encoded(with strategy: [UInt8]) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try Array(encoder.encode(self)) + [0x0A] + strategy
  }

  /// Splits the store's bytes.
  ///
  /// - Throws: `DecodingError` for bytes that are not ours.
  static func split(_ bytes: [UInt8]) throws -> (record: SearchRecord, strategy: [UInt8]) {
    let end = bytes.firstIndex(of: 0x0A) ?? bytes.endIndex
    let record = try JSONDecoder().decode(SearchRecord.self, from: Data(bytes[..<end]))
    return (record, Array(bytes[end...].dropFirst()))
  }
}
