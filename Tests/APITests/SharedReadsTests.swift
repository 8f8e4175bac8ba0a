import API
import Domain
import Testing

@Suite struct SharedReadsTests {
  /// A source whose reads are counted and wait to be let go.
  private actor Source {
    private var reads = 0
    private var held: [CheckedContinuation<Void, Never>] = []
    private var isOpen = false

    func read() async throws -> Int {
      reads += 1
      let number = reads
      if !isOpen { await withCheckedContinuation { held.append($0) } }
      if number == 2 { throw ServiceError(.storage, "the second read fails") }
      return number
    }

    func open() {
      isOpen = true
      for continuation in held { continuation.resume() }
      held = []
    }

    var count: Int { reads }
    private(set) var arrived = 0

    func arrive() { arrived += 1 }
  }

  @Test func `those who come while a read runs share the next, and its failure`() async throws {
    let reads = SharedReads<Int>()
    let source = Source()
    let first = Task { try await reads.value("a") { try await source.read() } }
    while await source.count == 0 { await Task.yield() }
    let results = await withTaskGroup(of: Int?.self) { group in
      for _ in 0..<20 {
        group.addTask {
          await source.arrive()
          return try? await reads.value("a") { try await source.read() }
        }
      }
      // All but those not yet scheduled wait now; either way none may get the first read's value.
      while await source.arrived < 20 { await Task.yield() }
      await source.open()
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(try await first.value == 1)
    #expect(!results.contains(1))
    #expect(results.contains(nil), "the shared read's failure reaches who shared it")
    #expect(await source.count < 21)
    #expect(try await reads.value("a") { try await source.read() } == source.count)
  }

  @Test func `keys do not wait for each other`() async throws {
    let reads = SharedReads<Int>()
    let source = Source()
    let held = Task { try await reads.value("a") { try await source.read() } }
    while await source.count == 0 { await Task.yield() }
    #expect(try await reads.value("b") { 7 } == 7)
    await source.open()
    #expect(try await held.value == 1)
  }
}
