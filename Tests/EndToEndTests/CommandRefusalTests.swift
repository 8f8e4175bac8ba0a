import Foundation
import Testing

/// What the built binary says of files, folders and addresses that it cannot use.
@Suite struct CommandRefusalTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("atelier-\(UUID().uuidString)")

  /// A file of the test's folder, which is made where it is missing.
  private func file(_ name: String, _ text: String) throws -> String {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appendingPathComponent(name)
    try Data(text.utf8).write(to: file)
    return file.path
  }

  @Test func `a request that cannot be read is named with its option`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let broken = try file("broken.json", "{\"dataset\": ")
    let list = try file("list.json", "[1]")
    for (path, status, words) in [
      ("/nonexist", 66, "--request: no file /nonexist"),
      (folder.path, 66, "--request: \(folder.path) is a folder"),
      (broken, 64, "--request: \(broken) is not JSON"),
      (list, 64, "--request: \(list) must hold a JSON object, not an array"),
    ] as [(String, Int32, String)] {
      let refusal = try Command.run(["search", "--request", path])
      #expect(refusal.status == status, "\(refusal.output)")
      #expect(refusal.output.hasPrefix("atelier: \(words)"), "\(refusal.output)")
    }
  }

  @Test func `a folder that cannot be made is named with its option`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let taken = try file("taken", "x")
    for path in [taken, taken + "/below", "/proc/x"] {
      let refusal = try Command.run(["serve", "--port", "0", "--data", path])
      #expect(refusal.status == 74, "\(refusal.output)")
      #expect(
        refusal.output.hasPrefix("atelier: --data: cannot make the folder \(path): "),
        "\(refusal.output)")
    }
    let out = try Command.run(["search", "--trials", "1", "--out", taken])
    #expect(out.status == 74 && out.output.contains("--out: cannot make the folder \(taken)"))
  }

  @Test func `a port in use is named`() throws {
    let service = try Service()
    defer { service.remove() }
    defer { try? FileManager.default.removeItem(at: folder) }
    let port = try #require(service.address.port)
    let refusal = try Command.run(["serve", "--port", "\(port)", "--data", folder.path])
    #expect(refusal.status == 69, "\(refusal.output)")
    #expect(refusal.output.contains("--port \(port) is in use on 127.0.0.1"), "\(refusal.output)")
  }

  @Test func `options override either form of a length in a request`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let request = try file(
      "request.json",
      """
      {"dataset": "digits", "strategy": "random", "trial": {"samples_seen": 2000},
      "final": {"top": 1, "seeds": 1, "samples_seen": 2000}, "fidelity": {"share": 0}}
      """)
    let result = try Command.run([
      "search", "--request", request, "--epochs", "1", "--final-epochs", "1", "--trials", "2",
    ])
    #expect(result.status == 0, "\(result.output)")
  }

  @Test func `import refuses what the service refuses`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let csv = try file("rows.csv", "1,a\n2,b\n")
    for (name, options, words) in [
      ("../x", [], "/name: must be 1 to 64 lower-case letters"),
      ("UP", [], "not 'UP'"),
      ("mine", ["--test-fraction", "0.9"], "/test_fraction: must be a number above 0"),
    ] as [(String, [String], String)] {
      let refusal = try Command.run(
        ["datasets", "import", name, "--format", "csv", "--train", csv, "--data", folder.path]
          + options)
      #expect(refusal.status == 64 && refusal.output.contains(words), "\(refusal.output)")
    }
  }
}
