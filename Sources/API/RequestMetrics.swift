internal import Synchronization

/// Counts of answered requests by method, route and status, and the seconds they took.
package final class RequestMetrics: Sendable {
  /// What one counter counts.
  struct Key: Hashable, Sendable {
    let method: String
    let route: String
    let status: Int
  }

  struct Count: Sendable {
    var requests = 0
    var seconds = 0.0
  }

  private let counts = Mutex<[Key: Count]>([:])

  package init() {}

  /// Counts one answer.
  func note(method: String, route: String, status: Int, seconds: Double) {
    counts.withLock {
      let key = Key(method: method, route: route, status: status)
      $0[key, default: Count()].requests += 1
      $0[key, default: Count()].seconds += seconds
    }
  }

  /// All counts in a fixed order.
  func snapshot() -> [(key: Key, count: Count)] {
    counts.withLock { counts in counts.map { (key: $0.key, count: $0.value) } }
      .sorted {
        ($0.key.route, $0.key.method, $0.key.status) < ($1.key.route, $1.key.method, $1.key.status)
      }
  }
}
