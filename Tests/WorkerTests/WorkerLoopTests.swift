import Domain
import Foundation
import Synchronization
import Testing
import Worker

@Suite(.timeLimit(.minutes(1))) struct WorkerLoopTests {
  /// A loop on pipes, and what it says.
  private struct Bench {
    let input = Pipe()
    let output = Pipe()

    func say(_ command: WorkCommand) throws {
      try input.fileHandleForWriting.write(contentsOf: WorkLine.encode(command))
    }
  }

  private static let content = DatasetContent(
    digest: "d", shape: TensorShape(features: 4), classes: ["x", "y"], trainRows: 80, testRows: 20,
    testSplit: "official", validationFraction: 0.25, trainCounts: [40, 40], testCounts: [10, 10],
    minimum: 0, maximum: 1, mean: 0.5, deviation: 0.2, sizeBytes: 400, source: "", licence: "")

  private static func order(_ number: Int) -> WorkOrder {
    WorkOrder(
      job: "job_x", role: .trial, number: number, repetition: 0, attempt: 1, seed: 1 << 63,
      space: ComponentChoice("toy"), genotype: Genotype([0, nil]), datasetPath: "",
      dataset: content, schedule: TrainingSchedule(samplesSeen: 1), parentWeights: nil,
      weightsFolder: nil, secondsLeft: nil, memoryLimitBytes: 1 << 40,
      numerics: Numerics(engineVersion: "t", isa: "generic", threads: 1))
  }

  /// Feeds commands to a loop whose training is `train`; returns the events until `count` orders ended.
  private func events(
    _ commands: [WorkCommand], ending count: Int, heartbeat: Double = 5,
    train: @escaping WorkerLoop.Train
  ) async throws -> [WorkEvent] {
    let bench = Bench()
    var settings = WorkerLoop.Settings()
    settings.limitsMemory = false
    settings.heartbeatSeconds = heartbeat
    let loop = WorkerLoop(
      engineVersion: "t", isas: ["avx2", "generic"], settings: settings, train: train)
    let input = bench.input.fileHandleForReading.fileDescriptor
    let channel = LineChannel(descriptor: dup(bench.output.fileHandleForWriting.fileDescriptor))
    let (ended, end) = AsyncStream<Void>.makeStream()
    Thread.detachNewThread {
      try? loop.serve(input: input, channel: channel) { end.finish() }
    }
    for command in commands { try bench.say(command) }
    var events: [WorkEvent] = []
    var pending = Data()
    while events.count(where: { if case .finished = $0 { true } else { false } }) < count {
      pending += bench.output.fileHandleForReading.availableData
      while let end = pending.firstIndex(of: 0x0A) {
        events.append(try WorkLine.decode(WorkEvent.self, from: pending[..<end]))
        pending = Data(pending[(end + 1)...])
      }
    }
    try bench.input.fileHandleForWriting.close()
    for await _ in ended {}
    return events
  }

  private static func evaluation(_ accuracy: Double) -> Evaluation {
    Evaluation(
      fingerprint: "a1-x", metrics: [MetricName.searchAccuracy: accuracy], measured: [:],
      curve: [], weights: nil)
  }

  @Test func `it says what it can do, then takes orders one at a time`() async throws {
    let busy = Mutex(0)
    let events = try await events([1, 2, 3].map { .run(Self.order($0)) }, ending: 3) {
      order, report, _ in
      #expect(
        busy.withLock {
          $0 += 1; return $0
        } == 1)
      report(Measurement(epoch: 1, metrics: [MetricName.trainLoss: nil], seconds: 0.5))
      busy.withLock { $0 -= 1 }
      return .completed(Self.evaluation(Double(order.number) / 10))
    }
    #expect(events.first == .ready(engineVersion: "t", isas: ["avx2", "generic"]))
    var expected: [WorkEvent] = [.ready(engineVersion: "t", isas: ["avx2", "generic"])]
    for number in 1...3 {
      let id = Self.order(number).id
      expected.append(
        .progress(
          order: id, Measurement(epoch: 1, metrics: [MetricName.trainLoss: nil], seconds: 0.5)))
      expected.append(
        .finished(order: id, .completed(Self.evaluation(Double(number) / 10))))
    }
    #expect(events == expected)
  }

  @Test func `a cancelled order ends at the next question`() async throws {
    let id = Self.order(1).id
    let events = try await events(
      [.run(Self.order(1)), .cancel(order: id), .run(Self.order(2))], ending: 2
    ) { order, _, isCancelled in
      guard order.number == 1 else { return .completed(Self.evaluation(1)) }
      while !isCancelled() { usleep(1000) }
      return .cancelled
    }
    #expect(events.dropFirst().first == .finished(order: id, .cancelled))
    #expect(events.last == .finished(order: Self.order(2).id, .completed(Self.evaluation(1))))
  }

  @Test func `a long epoch says that it goes on`() async throws {
    let events = try await events([.run(Self.order(1))], ending: 1, heartbeat: 0.01) {
      _, _, isCancelled in
      for _ in 0..<20 {
        usleep(3000)
        _ = isCancelled()
      }
      return .cancelled
    }
    #expect(events.contains(.working(order: Self.order(1).id)))
  }

  @Test func `a thrown error is a failed order, a full disk the job's end`() async throws {
    let events = try await events([.run(Self.order(1)), .run(Self.order(2))], ending: 2) {
      order, _, _ in
      throw ServiceError(order.number == 1 ? .dataset : .storage, "no \(order.number)")
    }
    #expect(events.contains(.finished(order: Self.order(1).id, .failed(reason: "no 1"))))
    #expect(events.contains(.finished(order: Self.order(2).id, .storage(reason: "no 2"))))
  }

  @Test func `metrics that are no numbers survive the line`() throws {
    let event = WorkEvent.finished(
      order: "x", .diverged(reason: "NaN", Self.evaluation(.infinity)))
    #expect(try WorkLine.decode(WorkEvent.self, from: WorkLine.encode(event)) == event)
  }

  @Test func `its input's end makes it leave in the middle of an order`() async throws {
    let bench = Bench()
    let (ended, end) = AsyncStream<Void>.makeStream()
    let (begun, begin) = AsyncStream<Void>.makeStream()
    var settings = WorkerLoop.Settings()
    settings.limitsMemory = false
    let loop = WorkerLoop(engineVersion: "t", isas: [], settings: settings) { _, _, _ in
      begin.finish()
      usleep(200_000)
      return .cancelled
    }
    let input = bench.input.fileHandleForReading.fileDescriptor
    let channel = LineChannel(descriptor: dup(bench.output.fileHandleForWriting.fileDescriptor))
    Thread.detachNewThread {
      try? loop.serve(input: input, channel: channel) { end.finish() }
    }
    try bench.say(.run(Self.order(1)))
    for await _ in begun {}
    try bench.input.fileHandleForWriting.close()
    for await _ in ended {}
    withExtendedLifetime(bench) {}
  }
}
