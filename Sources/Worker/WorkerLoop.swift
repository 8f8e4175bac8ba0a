internal import CLinux
package import Domain
internal import Foundation
internal import Glibc
internal import Synchronization

/// A worker's life: says what it can do, then takes orders one at a time until its input ends.
package struct WorkerLoop: Sendable {
  /// Trains one network.
  ///
  /// - Parameters:
  ///   - report: called at the end of every epoch.
  ///   - isCancelled: to be asked before every minibatch, also of an evaluation; the outcome is
  ///     `cancelled` once it says true. That it is asked also shows that the training is alive.
  package typealias Train =
    @Sendable (
      _ order: WorkOrder, _ report: @escaping (Domain.Measurement) -> Void,
      _ isCancelled: @escaping () -> Bool
    ) throws -> Outcome

  /// What a process of workers is, beyond its training.
  package struct Settings: Sendable {
    /// Priority below the server's, whose cores stay free to answer.
    package var nice = 10
    /// Memory beyond an order's own limit: code, data set, buffers, the allocator's slack.
    package var spareBytes = 256 << 20
    /// Freed memory that the process keeps: a plan takes and frees a few megabytes, and to have them
    /// from the kernel anew for each costs up to a third of the planning.
    package var keptBytes = 16 << 20
    /// Seconds after which a silent order says that it is alive.
    package var heartbeatSeconds = 5.0
    /// Whether memory is limited at all; tests run beside others in one process.
    package var limitsMemory = true

    package init() {}
  }

  private let engineVersion: String
  private let isas: [String]
  private let settings: Settings
  private let train: Train

  /// - Parameters:
  ///   - engineVersion: of the engine that `train` uses.
  ///   - isas: instruction sets it can run, best first.
  package init(
    engineVersion: String, isas: [String], settings: Settings = Settings(),
    train: @escaping Train
  ) {
    self.engineVersion = engineVersion
    self.isas = isas
    self.settings = settings
    self.train = train
  }

  /// Makes this process a worker of its parent and runs until the parent is gone.
  ///
  /// The process ends with the parent in three ways, each enough: the kernel's signal, the check that
  /// the parent did not go before the signal was asked for, and the end of standard input.
  ///
  /// - Throws: `ServiceError(.unavailable)` when the process cannot be set up.
  package func run() throws {
    let parent = getppid()
    let error = csystem_die_with_parent()
    guard error == 0 else {
      throw ServiceError(
        .unavailable, "the parent-death signal was refused: \(String(cString: strerror(error)))")
    }
    guard getppid() == parent else { return }
    _ = csystem_set_nice(Int32(settings.nice))
    _ = csystem_keep_heap(Int32(settings.keptBytes))
    signal(SIGPIPE, SIG_IGN)
    let channel = try LineChannel.takeStandardOutput()
    try serve(input: STDIN_FILENO, channel: channel) { _exit(0) }
  }

  /// Serves orders from a descriptor.
  ///
  /// - Parameter leave: called on the reading thread when the input ends, whatever is in hand.
  /// - Throws: `ServiceError(.unavailable)` when the system has no pipe left.
  package func serve(
    input: Int32, channel: LineChannel, leave: @escaping @Sendable () -> Void
  ) throws {
    let desk = try OrderDesk()
    Thread.detachNewThread {
      WorkerLoop.read(input, to: desk)
      desk.close()
      leave()
    }
    guard channel.send(.ready(engineVersion: engineVersion, isas: isas)) else { return }
    while let order = desk.next() {
      let outcome = work(order, desk: desk, channel: channel)
      desk.clear()
      guard channel.send(.finished(order: order.id, outcome)) else { return }
    }
  }

  private func work(_ order: WorkOrder, desk: OrderDesk, channel: LineChannel) -> Outcome {
    if desk.isCancelled(order.id) { return .cancelled }
    if settings.limitsMemory {
      let limit = csystem_limit_data(UInt64(max(0, order.memoryLimitBytes + settings.spareBytes)))
      if limit != 0 { return .failed(reason: "its memory could not be limited") }
    }
    let lastSaid = Mutex(ContinuousClock.now)
    let heartbeat = Duration.seconds(settings.heartbeatSeconds)
    do {
      return try train(
        order,
        { measurement in
          lastSaid.withLock { $0 = .now }
          _ = channel.send(.progress(order: order.id, measurement))
        },
        {
          let isDue = lastSaid.withLock { last in
            guard ContinuousClock.now - last > heartbeat else { return false }
            last = .now
            return true
          }
          if isDue { _ = channel.send(.working(order: order.id)) }
          return desk.isCancelled(order.id)
        })
    } catch let error as ServiceError where error.code == .storage {
      return .storage(reason: error.description)
    } catch {
      return .failed(reason: "\(error)")
    }
  }

  /// Reads commands until the input ends; a line that is none ends it too.
  private static func read(_ input: Int32, to desk: OrderDesk) {
    var pending: [UInt8] = []
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(input, &bytes, bytes.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      for byte in bytes[..<count] {
        guard byte == 0x0A else {
          pending.append(byte)
          continue
        }
        guard let command = try? WorkLine.decode(WorkCommand.self, from: pending) else { return }
        desk.take(command)
        pending.removeAll(keepingCapacity: true)
      }
    }
  }
}
