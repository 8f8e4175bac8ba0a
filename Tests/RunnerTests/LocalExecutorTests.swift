import Domain
import Foundation
import Logging
import Runner
import Testing

/// The executor against workers written in shell: each shows one way to behave.
@Suite(.timeLimit(.minutes(1))) struct LocalExecutorTests {
  private let ready = #"printf '{"ready":{"engineVersion":"sh-1","isas":["avx2","generic"]}}\n'"#

  private func executor(
    _ script: String, slots: Int = 1, limits: LocalExecutor.Limits = LocalExecutor.Limits()
  ) -> LocalExecutor {
    LocalExecutor(
      slots: slots, executable: "/bin/sh", arguments: ["-c", script], limits: limits,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  private func order(_ number: Int = 1) -> WorkOrder {
    WorkOrder(
      job: "job_x", role: .trial, number: number, repetition: 0, attempt: 1, seed: 0,
      space: ComponentChoice("toy"), genotype: Genotype([0]), datasetPath: "",
      dataset: Toy.content, schedule: TrainingSchedule(samplesSeen: 1), parentWeights: nil,
      weightsFolder: nil, secondsLeft: nil, memoryLimitBytes: 1, numerics: Toy.numerics)
  }

  /// Ends every order as failed with the worker's process id as reason.
  private var echo: String {
    """
    \(ready)
    while read -r line; do
      number=${line#*'"number":'}; number=${number%%[,\\}]*}
      id="job_x/trial/$number/0/1"
      printf '{"progress":{"order":"%s","_1":{"epoch":1,"metrics":{},"seconds":0}}}\\n' "$id"
      printf '{"finished":{"order":"%s","_1":{"failed":{"reason":"%s"}}}}\\n' "$id" "$$"
    done
    """
  }

  private func reason(_ outcome: Outcome) -> String? {
    if case .failed(let reason) = outcome { reason } else { nil }
  }

  @Test func `a warm worker takes order after order and reports progress`() async throws {
    let executor = executor(echo)
    let numerics = try await executor.start()
    #expect(numerics == Numerics(engineVersion: "sh-1", isa: "avx2", threads: 1))
    #expect(executor.offers(Numerics(engineVersion: "sh-1", isa: "generic", threads: 1)))
    #expect(!executor.offers(Numerics(engineVersion: "sh-1", isa: "avx512", threads: 1)))
    #expect(!executor.offers(Numerics(engineVersion: "sh-2", isa: "avx2", threads: 1)))
    let (epochs, progress) = AsyncStream<Int>.makeStream()
    var pids: Set<String?> = []
    for number in 1...3 {
      pids.insert(reason(await executor.run(order(number)) { progress.yield($0.epoch) }))
    }
    progress.finish()
    #expect(pids.count == 1)
    #expect(await epochs.reduce(0, +) == 3)
    #expect(executor.aliveWorkers == 1)
    await executor.shutdown()
    #expect(executor.aliveWorkers == 0)
  }

  @Test func `orders wait for a free worker, and all workers are used`() async throws {
    let executor = executor(echo, slots: 3)
    _ = try await executor.start()
    let ended = await withTaskGroup(of: String?.self) { group in
      for number in 1...12 {
        group.addTask { self.reason(await executor.run(self.order(number)) { _ in }) }
      }
      return await group.reduce(into: [String?]()) { $0.append($1) }
    }
    #expect(ended.count == 12)
    #expect(!ended.contains(nil))
    await executor.shutdown()
  }

  @Test(arguments: [
    ("SEGV", true), ("ABRT", true), ("ILL", true), ("TRAP", true), ("BUS", true), ("FPE", true),
    ("KILL", false), ("TERM", false),
  ])
  func `a dead worker's order is lost by its own fault or not`(
    name: String, isTrap: Bool
  )
    async throws
  {
    let executor = executor("ulimit -c 0; \(ready); read -r line; kill -\(name) $$; exec sleep 5")
    _ = try await executor.start()
    guard case .lost(let reason, let own) = await executor.run(order(), progress: { _ in }) else {
      Issue.record("not lost")
      return
    }
    #expect(own == isTrap)
    #expect(reason.contains("signal"))
    await executor.shutdown()
  }

  @Test func `another worker takes the place of a dead one`() async throws {
    let flag = FileManager.default.temporaryDirectory.path + "/atelier-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: flag) }
    let executor = executor("if [ -e \(flag) ]; then \(echo)\nfi; \(ready); read -r line; exit 3")
    _ = try await executor.start()
    guard case .lost(let words, let own) = await executor.run(order(), progress: { _ in }) else {
      Issue.record("not lost")
      return
    }
    #expect(own)
    #expect(words.contains("code 3"))
    #expect(FileManager.default.createFile(atPath: flag, contents: nil))
    while reason(await executor.run(order(), progress: { _ in })) == nil {}
    await executor.shutdown()
  }

  @Test func `a worker that says no event is given up as its own fault`() async throws {
    let executor = executor("\(ready); read -r line; echo hello; exec sleep 600")
    _ = try await executor.start()
    guard case .lost(let reason, let own) = await executor.run(order(), progress: { _ in }) else {
      Issue.record("not lost")
      return
    }
    #expect(own)
    #expect(reason.contains("hello"))
    await executor.shutdown()
  }

  @Test func `a silent worker is given up`() async throws {
    var limits = LocalExecutor.Limits()
    limits.silenceSeconds = 0.3
    let executor = executor("\(ready); read -r line; kill -STOP $$", limits: limits)
    _ = try await executor.start()
    guard case .lost(let reason, let own) = await executor.run(order(), progress: { _ in }) else {
      Issue.record("not lost")
      return
    }
    #expect(!own)
    #expect(reason.contains("silent"))
    await executor.shutdown()
  }

  @Test func `a cancelled order is told to the worker`() async throws {
    let executor = executor(
      """
      \(ready); read -r line; read -r line
      case "$line" in *cancel*job_x*trial*)
        printf '{"finished":{"order":"job_x/trial/1/0/1","_1":{"cancelled":{}}}}\\n';; esac
      read -r line
      """)
    _ = try await executor.start()
    let task = Task { await executor.run(order()) { _ in } }
    try await Task.sleep(for: .milliseconds(20))
    task.cancel()
    #expect(await task.value == .cancelled)
    #expect(executor.aliveWorkers == 1)
    await executor.shutdown()
  }

  @Test func `a worker that does not end a cancelled order is ended`() async throws {
    var limits = LocalExecutor.Limits()
    limits.cancelSeconds = 0.2
    let executor = executor("\(ready); while read -r line; do :; done", limits: limits)
    _ = try await executor.start()
    async let outcome = executor.run(order()) { _ in }
    try await Task.sleep(for: .milliseconds(20))
    await executor.cancel(order().id)
    #expect(await outcome == .cancelled)
    await executor.shutdown()
  }

  @Test func `an order cancelled while it waits never runs`() async throws {
    let executor = executor("\(ready); while read -r line; do :; done")
    _ = try await executor.start()
    let first = Task { await executor.run(order(1)) { _ in } }
    try await Task.sleep(for: .milliseconds(20))
    let second = Task { await executor.run(order(2)) { _ in } }
    try await Task.sleep(for: .milliseconds(20))
    second.cancel()
    #expect(await second.value == .cancelled)
    await executor.shutdown()
    guard case .lost(_, isTrap: false) = await first.value else {
      Issue.record("the order in hand is not lost")
      return
    }
  }

  @Test func `no worker is left after shutdown`() async throws {
    let executor = executor(echo, slots: 2)
    _ = try await executor.start()
    let pid = try #require(reason(await executor.run(order()) { _ in }))
    #expect(FileManager.default.fileExists(atPath: "/proc/\(pid)"))
    await executor.shutdown()
    #expect(!FileManager.default.fileExists(atPath: "/proc/\(pid)"))
    await executor.shutdown()
    #expect(await executor.run(order()) { _ in } == .cancelled)
  }

  @Test func `a worker killed before it came up is no error of the start`() async throws {
    let flag = FileManager.default.temporaryDirectory.path + "/atelier-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: flag) }
    let executor = executor("if [ ! -e \(flag) ]; then : > \(flag); kill -KILL $$; fi; \(echo)")
    _ = try await executor.start()
    #expect(executor.aliveWorkers == 1)
    await executor.shutdown()
  }

  @Test func `a worker that never comes up is an error of the start`() async throws {
    for script in ["exit 1", "echo nonsense; exec sleep 600"] {
      let executor = executor(script)
      let error = await #expect(throws: ServiceError.self) { _ = try await executor.start() }
      #expect(error?.code == .unavailable)
      await executor.shutdown()
    }
    let missing = LocalExecutor(
      slots: 1, executable: "/nowhere/at-all",
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let error = await #expect(throws: ServiceError.self) { _ = try await missing.start() }
    #expect(error?.message.contains("/nowhere/at-all") == true)
    await missing.shutdown()
  }
}
