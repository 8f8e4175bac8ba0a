internal import NIOCore
internal import Synchronization

/// The connections of one server: who waits for their end is told, and all can be cut.
package final class OpenConnections: Sendable {
  private struct Entry: Sendable {
    let channel: any Channel
    let gone: Signal
  }

  private let entries = Mutex<[ObjectIdentifier: Entry]>([:])

  package init() {}

  /// How many there are.
  package var count: Int { entries.withLock { $0.count } }

  /// Fires when the connection ends; a fresh signal that never fires for an unknown one.
  func gone(_ channel: any Channel) -> Signal {
    entries.withLock { $0[ObjectIdentifier(channel)]?.gone } ?? Signal()
  }

  /// Notes a new connection.
  func add(_ channel: any Channel) {
    entries.withLock { $0[ObjectIdentifier(channel)] = Entry(channel: channel, gone: Signal()) }
  }

  /// Notes the end of a connection.
  func remove(_ channel: any Channel) {
    let entry = entries.withLock { $0.removeValue(forKey: ObjectIdentifier(channel)) }
    entry?.gone.fire()
  }

  /// Cuts all connections.
  func closeAll() {
    let channels = entries.withLock { $0.values.map(\.channel) }
    for channel in channels { channel.close(promise: nil) }
  }
}
