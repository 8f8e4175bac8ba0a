import Foundation
import Testing

/// `atelier bench engine` through the built binary, for what its lines say and not for the times.
@Suite struct BenchEngineTests {
  private func line(_ flag: String) throws -> [String: Any] {
    let run = try Command.run([
      "bench", "engine", "--only", "mlp", flag, "--seconds", "0.02", "--isa", "generic",
    ])
    #expect(run.status == 0, "\(run.output)")
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 1, "\(run.output)")
    return try #require(
      JSONSerialization.jsonObject(with: Data((lines.first ?? "").utf8)) as? [String: Any])
  }

  @Test func `every call of a step is one of a kernel's`() throws {
    let kernels = try #require(try line("--kernels")["kernels"] as? [String: [String: Any]])
    let calls = kernels.values.reduce(0) { $0 + ($1["calls"] as? Int ?? 0) }
    #expect(calls == (try line("--plans")["training_calls"] as? Int))
    #expect(kernels["linear"]?["calls"] as? Int == 2)
    for (name, kernel) in kernels {
      for key in ["ms", "repeated_ms"] {
        #expect((kernel[key] as? Double).map { $0 >= 0 && $0 < 10_000 } == true, "\(name) \(key)")
      }
    }
  }

  @Test func `the losses of 30 steps fall`() throws {
    let losses = try #require(try line("--curve")["losses"] as? [Double])
    #expect(losses.count == 30)
    #expect(try #require(losses.last) < #require(losses.first))
  }

  @Test func `a step's memory is within the arena`() throws {
    let memory = try line("--memory")
    let peak = try #require(memory["peak_bytes"] as? Int)
    #expect(try #require(memory["live_bytes"] as? Int) <= peak)
    #expect(try peak <= #require(memory["arena_bytes"] as? Int))
  }
}
