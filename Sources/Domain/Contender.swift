/// A strategy with its parameters in a comparison on a benchmark table.
package struct Contender: Sendable {
  /// What it is reported by.
  package let name: String
  package let entry: StrategyEntry
  package let parameters: Parameters

  package init(_ name: String, _ entry: StrategyEntry, _ parameters: Parameters) {
    self.name = name
    self.entry = entry
    self.parameters = parameters
  }

  /// Why a strategy cannot search a table of a space's architectures; nil where it can.
  package static func fault(of entry: StrategyEntry, on space: String) -> String? {
    if entry.supernets != nil {
      return "\(entry.id) trains shared weights, and a table holds none to train on"
    }
    guard let takers = entry.spaces, !takers.contains(space) else { return nil }
    return "\(entry.id) runs on \(takers.joined(separator: ", ")) alone, not on \(space)"
  }
}
