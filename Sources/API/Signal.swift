internal import Synchronization

/// Something that happens once, of which many may want to hear: the service stops, a client is gone.
package final class Signal: Sendable {
  private struct State {
    var isFired = false
    var next = 0
    var listeners: [Int: @Sendable () -> Void] = [:]
  }

  private let state = Mutex(State())

  package init() {}

  /// True once it happened.
  package var isFired: Bool { state.withLock { $0.isFired } }

  /// Calls all listeners; does nothing the second time.
  package func fire() {
    let listeners = state.withLock { state in
      state.isFired = true
      defer { state.listeners = [:] }
      return state.listeners
    }
    for key in listeners.keys.sorted() { listeners[key]?() }
  }

  /// Calls `listener` when it happens, at once where it did; the number ends that by `forget`.
  package func listen(_ listener: @escaping @Sendable () -> Void) -> Int {
    let key: Int? = state.withLock { state in
      if state.isFired { return nil }
      state.next += 1
      state.listeners[state.next] = listener
      return state.next
    }
    guard let key else {
      listener()
      return 0
    }
    return key
  }

  /// Drops a listener.
  package func forget(_ key: Int) {
    state.withLock { $0.listeners[key] = nil }
  }
}
