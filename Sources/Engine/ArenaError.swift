/// There is no memory for an arena, or no thread to work in it.
package struct ArenaError: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String

  /// - Parameter bytes: what the arena needs.
  init(bytes: Int) {
    description = "there is no memory for an arena of \(bytes) bytes"
  }

  /// - Parameter threads: what the plan needs.
  init(threads: Int) {
    description = "the system has no \(threads) threads for a network"
  }
}
