/// What a registry holds: an entry with an id, a line about it, its source and its parameters.
package protocol RegistryEntry: Sendable {
  /// Kebab-case, unique in its registry.
  var id: String { get }
  /// One sentence for a list.
  var summary: String { get }
  /// Author, year, identifier; empty where there is none.
  var paper: String { get }
  /// The parameters a request may set.
  var parameters: [Parameter] { get }
}

/// Entries by id, in the order they were listed.
package struct Registry<Entry: RegistryEntry>: Sendable {
  package let entries: [Entry]

  package init(_ entries: [Entry]) {
    self.entries = entries
  }

  /// The entry of an id, or nil.
  package subscript(id: String) -> Entry? {
    entries.first { $0.id == id }
  }

  /// All ids, for error messages.
  package var ids: [String] { entries.map(\.id) }
}
