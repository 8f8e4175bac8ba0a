/// There is no memory for an arena.
package struct ArenaError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What the arena needs.
  package let bytes: Int

  package var description: String { "there is no memory for an arena of \(bytes) bytes" }
}
