internal import NIOPosix

/// Runs calls that block on a disk beside the threads that answer requests.
struct BlockingWork: Sendable {
  private let pool: NIOThreadPool

  init(threads: Int) {
    pool = NIOThreadPool(numberOfThreads: threads)
    pool.start()
  }

  /// The value of `body`, run on one of the pool's threads.
  func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await pool.runIfActive(body)
  }

  /// Ends the threads.
  func stop() async throws {
    try await pool.shutdownGracefully()
  }
}
