internal import Domain
internal import Synchronization

/// Where the thread that reads commands and the one that trains meet.
final class OrderDesk: Sendable {
  /// Orders as they come; ends when the server is gone.
  let orders: AsyncStream<WorkOrder>
  private let incoming: AsyncStream<WorkOrder>.Continuation
  private let cancelled = Mutex<Set<WorkOrder.ID>>([])

  init() {
    (orders, incoming) = AsyncStream.makeStream()
  }

  func take(_ command: WorkCommand) {
    switch command {
    case .run(let order): incoming.yield(order)
    case .cancel(let id): cancelled.withLock { _ = $0.insert(id) }
    }
  }

  func close() { incoming.finish() }

  func isCancelled(_ id: WorkOrder.ID) -> Bool { cancelled.withLock { $0.contains(id) } }

  /// Forgets that an order was cancelled, once it ended.
  func clear() { cancelled.withLock { $0 = [] } }
}
