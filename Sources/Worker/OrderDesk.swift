internal import CLinux
internal import Domain
internal import Glibc
internal import Synchronization

/// Where the thread that reads commands and the one that trains meet.
final class OrderDesk: Sendable {
  private struct State {
    var orders: [WorkOrder] = []
    var cancelled: Set<WorkOrder.ID> = []
  }

  private let state = Mutex(State())
  /// One byte in this pipe for every order; its end is the end of all orders.
  private let bell: (reads: Int32, writes: Int32)

  /// - Throws: `ServiceError(.unavailable)` when the system has no pipe left.
  init() throws {
    var ends: [Int32] = [-1, -1]
    let error = csystem_pipe(&ends)
    guard error == 0 else {
      throw ServiceError(.unavailable, "no pipe: \(String(cString: strerror(error)))")
    }
    bell = (ends[0], ends[1])
  }

  deinit {
    Glibc.close(bell.reads)
  }

  /// Takes a command in; called by the reading thread alone.
  func take(_ command: WorkCommand) {
    switch command {
    case .run(let order):
      state.withLock { $0.orders.append(order) }
      var byte: UInt8 = 1
      _ = write(bell.writes, &byte, 1)
    case .cancel(let id): state.withLock { _ = $0.cancelled.insert(id) }
    }
  }

  /// Says that no order comes any more; called once, by the reading thread.
  func close() { Glibc.close(bell.writes) }

  /// Waits for the next order; nil at the end.
  func next() -> WorkOrder? {
    var byte: UInt8 = 0
    while true {
      let count = read(bell.reads, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return nil }
      return state.withLock { $0.orders.isEmpty ? nil : $0.orders.removeFirst() }
    }
  }

  /// True once the server ended this order.
  func isCancelled(_ id: WorkOrder.ID) -> Bool { state.withLock { $0.cancelled.contains(id) } }

  /// Forgets what was cancelled, once the order in hand ended.
  func clear() { state.withLock { $0.cancelled = [] } }
}
