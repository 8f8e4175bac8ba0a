internal import Domain
internal import Foundation
internal import Glibc
internal import Logging
internal import Synchronization

/// One place for a worker: a thread that keeps a process alive in it and listens to it.
final class WorkerSlot: Sendable {
  private struct Pending {
    let id: WorkOrder.ID
    let continuation: CheckedContinuation<Outcome, Never>
    let progress: @Sendable (Domain.Measurement) -> Void
    var cancelled: Double?
  }

  private struct State {
    var process: ChildProcess?
    var isReady = false
    var order: Pending?
    var lastHeard = 0.0
    /// Why this side ended the process, and whether the process is to blame.
    var verdict: (reason: String, isTrap: Bool)?
    var isClosing = false
    var isEnded = false
    var watchers: [CheckedContinuation<Void, Never>] = []
  }

  let index: Int
  private let command: [String]
  private let limits: LocalExecutor.Limits
  private let logger: Logger
  private let pool: WorkerPool
  private let state = Mutex(State())

  init(
    index: Int, command: [String], limits: LocalExecutor.Limits, logger: Logger, pool: WorkerPool
  ) {
    self.index = index
    self.command = command
    self.limits = limits
    self.logger = logger
    self.pool = pool
  }

  /// True while a worker is up.
  var isAlive: Bool { state.withLock { $0.isReady } }

  /// Starts the slot's thread, which lives until `close`.
  func open() {
    Thread.detachNewThread { self.supervise() }
  }

  /// Runs an order on the slot's free worker.
  func run(
    _ order: WorkOrder, progress: @escaping @Sendable (Domain.Measurement) -> Void
  ) async -> Outcome {
    guard let line = try? WorkLine.encode(WorkCommand.run(order)) else {
      pool.free(index)
      return .failed(reason: "the order \(order.id) cannot be written as JSON")
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let process = state.withLock { state -> ChildProcess? in
          guard state.isReady, state.order == nil, let process = state.process else { return nil }
          state.order = Pending(id: order.id, continuation: continuation, progress: progress)
          state.lastHeard = WorkerSlot.now
          return process
        }
        guard let process else {
          return continuation.resume(
            returning: .lost(reason: "its worker ended before it began", isTrap: false))
        }
        if !process.write(line) { process.kill() }
        if Task.isCancelled { cancel(order.id) }
      }
    } onCancel: {
      cancel(order.id)
    }
  }

  /// Tells the worker to end the order in hand, if it is this one.
  func cancel(_ order: WorkOrder.ID) {
    let process = state.withLock { state -> ChildProcess? in
      guard state.order?.id == order, state.order?.cancelled == nil else { return nil }
      state.order?.cancelled = WorkerSlot.now
      return state.process
    }
    guard let process, let line = try? WorkLine.encode(WorkCommand.cancel(order: order)) else {
      return
    }
    if !process.write(line) { process.kill() }
  }

  /// Ends the worker and the thread, and waits for both.
  func close() async {
    state.withLock { state in
      state.isClosing = true
      state.process?.kill()
    }
    await withCheckedContinuation { continuation in
      let isEnded = state.withLock { state in
        if !state.isEnded { state.watchers.append(continuation) }
        return state.isEnded
      }
      if isEnded { continuation.resume() }
    }
  }

  // MARK: The slot's thread

  private static let origin = ContinuousClock.now

  private static var now: Double { (ContinuousClock.now - origin) / .seconds(1) }

  private func supervise() {
    var failures = 0
    while !state.withLock({ $0.isClosing }) {
      let wasUseful = follow()
      failures = wasUseful ? 0 : failures + 1
      guard failures > 0 else { continue }
      nap(min(30, 0.1 * Double(1 << min(failures - 1, 12))))
    }
    let watchers = state.withLock { state in
      state.isEnded = true
      return state.watchers
    }
    for watcher in watchers { watcher.resume() }
  }

  /// Starts a process and listens to it until it ended; true when it had been ready.
  private func follow() -> Bool {
    let process: ChildProcess
    do {
      process = try ChildProcess(command)
    } catch {
      logger.error("worker \(index) cannot be started: \(error)")
      pool.gone(index, "cannot be started: \(error)", wasReady: false, isFault: true)
      return false
    }
    state.withLock { state in
      state.process = process
      state.lastHeard = WorkerSlot.now
      state.verdict = nil
      // The slot may have been closed while the process was started.
      if state.isClosing { process.kill() }
    }
    listen(to: process)
    let ending = process.reap()
    let (order, verdict, wasReady, isClosing) = state.withLock { state in
      defer {
        state.process = nil
        state.isReady = false
        state.order = nil
      }
      return (state.order, state.verdict, state.isReady, state.isClosing)
    }
    let reason = verdict?.reason ?? ending.description
    if !isClosing { logger.warning("worker \(index) (process \(process.pid)) \(reason)") }
    pool.gone(
      index, reason, wasReady: wasReady, isFault: verdict?.isTrap ?? ending.isOwnFault)
    guard let order else { return wasReady }
    if order.cancelled != nil {
      order.continuation.resume(returning: .cancelled)
    } else if isClosing {
      order.continuation.resume(returning: .lost(reason: "the service stopped", isTrap: false))
    } else {
      order.continuation.resume(
        returning: .lost(
          reason: "worker \(reason)", isTrap: verdict?.isTrap ?? ending.isOwnFault))
    }
    return wasReady
  }

  private func listen(to process: ChildProcess) {
    var lines = LineBuffer()
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      var poll = pollfd(fd: process.output, events: Int16(POLLIN), revents: 0)
      let ready = Glibc.poll(&poll, 1, 1000)
      if let verdict = overdue() { return end(process, verdict.reason, isTrap: verdict.isTrap) }
      if ready <= 0 { continue }
      let count = read(process.output, &bytes, bytes.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      for line in lines.append(bytes[..<count]) {
        guard let event = try? WorkLine.decode(WorkEvent.self, from: line) else {
          let text = String(decoding: line.prefix(80), as: UTF8.self)
          return end(process, "said what is no event: \(text)", isTrap: true)
        }
        hear(event)
      }
      if lines.overflows { return end(process, "said a line without an end", isTrap: true) }
    }
  }

  private func end(_ process: ChildProcess, _ reason: String, isTrap: Bool) {
    state.withLock { $0.verdict = (reason, isTrap) }
    process.kill()
  }

  /// Why the worker has been silent for too long, if it has.
  private func overdue() -> (reason: String, isTrap: Bool)? {
    let limits = limits
    return state.withLock { state in
      let silence = WorkerSlot.now - state.lastHeard
      if !state.isReady, silence > limits.startSeconds {
        return ("was not ready after \(limits.startSeconds) s", true)
      }
      guard let order = state.order else { return nil }
      if silence > limits.silenceSeconds {
        return ("was silent for \(limits.silenceSeconds) s", false)
      }
      if let cancelled = order.cancelled, WorkerSlot.now - cancelled > limits.cancelSeconds {
        return ("did not end its order within \(limits.cancelSeconds) s", false)
      }
      return nil
    }
  }

  private func hear(_ event: WorkEvent) {
    let now = WorkerSlot.now
    switch event {
    case .ready(let engineVersion, let isas):
      let wasReady = state.withLock { state in
        defer { state.isReady = true }
        state.lastHeard = now
        return state.isReady
      }
      if !wasReady { pool.ready(index, engineVersion: engineVersion, isas: isas) }
    case .working:
      state.withLock { $0.lastHeard = now }
    case .progress(let id, let measurement):
      let order = state.withLock { state in
        state.lastHeard = now
        return state.order
      }
      if let order, order.id == id { order.progress(measurement) }
    case .finished(let id, let outcome):
      let order = state.withLock { state -> Pending? in
        state.lastHeard = now
        guard state.order?.id == id else { return nil }
        defer { state.order = nil }
        return state.order
      }
      guard let order else { return }
      // Free first: what follows the outcome may be the next order.
      pool.free(index)
      order.continuation.resume(returning: outcome)
    }
  }

  /// Sleeps, but not beyond the slot's end.
  private func nap(_ seconds: Double) {
    let end = WorkerSlot.now + seconds
    while WorkerSlot.now < end, !state.withLock({ $0.isClosing }) { usleep(20_000) }
  }
}
