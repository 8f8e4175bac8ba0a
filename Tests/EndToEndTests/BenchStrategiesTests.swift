import Foundation
import Testing

/// `atelier bench strategies` and tables as data sets, through the built binary.
@Suite struct BenchStrategiesTests {
  /// A table of every cell, ascending by string; the report is the signal turned round.
  private static let everyCell: String = {
    let operations = ["avg_pool_3x3", "none", "nor_conv_1x1", "nor_conv_3x3", "skip_connect"]
    var csv = "arch,valid,test\n"
    for number in 0..<15_625 {
      let words = [3125, 625, 125, 25, 5, 1].map { operations[number / $0 % 5] }
      csv +=
        "|\(words[0])~0|+|\(words[1])~0|\(words[2])~1|+"
        + "|\(words[3])~0|\(words[4])~1|\(words[5])~2|,"
        + "\(0.5 + Double(number % 997) / 2000),\(0.99 - Double(number % 997) / 2000)\n"
    }
    return csv
  }()

  private let common = [
    "bench", "strategies", "--table", "synthetic", "--strategies", "random,regularized-evolution",
    "--evaluations", "10,30", "--seeds", "20",
  ]

  @Test func `a JSON line for each strategy and number of evaluations, on any number of threads`()
    throws
  {
    let lines = try Command.run(common + ["--json", "--threads", "1"])
    #expect(lines.status == 0)
    let objects = try lines.output.split(separator: "\n").map { line in
      try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    #expect(objects.count == 4)
    #expect(
      objects.map { $0["strategy"] as? String }.suffix(2) == ["random", "regularized-evolution"])
    #expect(objects.map { $0["evaluations"] as? Int } == [10, 10, 30, 30])
    for object in objects {
      #expect(object["seeds"] as? Int == 20)
      #expect((object["mean"] as? Double).map { (0.5...0.95).contains($0) } == true)
      #expect((object["std"] as? Double).map { $0 > 0 } == true)
    }
    #expect(try Command.run(common + ["--json", "--threads", "3"]).output == lines.output)
  }

  @Test func `a table in Markdown and a plot`() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("atelier-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("plot.svg")
    let table = try Command.run(common + ["--rule", "graphs", "--svg", file.path])
    #expect(table.status == 0 && table.output.contains("| regularized-evolution | 30 | 0.9"))
    let plot = try String(contentsOf: file, encoding: .utf8)
    #expect(plot.hasPrefix("<svg ") && plot.hasSuffix("</svg>\n"))
    #expect(plot.components(separatedBy: "<polyline").count == 5, "two strategies, two panels")
    #expect(plot.contains(">evaluations</text>") && plot.contains(">cost (macs)</text>"))
  }

  @Test(arguments: ["strings", "graphs"])
  func `the service compares as the command does`(rule: String) async throws {
    let service = try Service()
    defer { service.remove() }
    let table = service.data.appendingPathComponent("table.csv")
    try Data(BenchStrategiesTests.everyCell.utf8).write(to: table)
    _ = try await service.json(
      "POST", "/v1/datasets",
      """
      {"name": "bench", "format": "nas-table", "options": {"architecture": "arch",
      "signal": "valid", "report": "test"}}
      """)
    _ = try await service.send(
      "PUT", "/v1/datasets/bench/files/table", json: BenchStrategiesTests.everyCell)
    _ = try await service.json("POST", "/v1/datasets/bench/seal")
    for (dataset, source) in [
      ("truth", ["truth"]), ("synthetic", ["synthetic"]),
      ("bench", [table.path, "--architecture", "arch", "--signal", "valid", "--report", "test"]),
    ] {
      let lines = try Command.run(
        [
          "bench", "strategies", "--rule", rule, "--seeds", "10", "--evaluations", "10,30",
          "--json",
        ]
          + ["--strategies", "regularized-evolution:population=5", "--table"] + source)
      let printed = try lines.output.split(separator: "\n").map { line in
        try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? NSDictionary)
      }
      let answer = try await service.json(
        "POST", "/v1/comparisons",
        """
        {"dataset": "\(dataset)", "rule": "\(rule)", "seeds": 10, "evaluations": [10, 30],
        "strategies": [{"name": "regularized-evolution", "params": {"population": 5}}]}
        """)
      #expect(printed.count == 4 && answer["rows"] as? [NSDictionary] == printed, "\(dataset)")
      let size = (answer["table"] as? [String: Any])?["strings"] as? Int
      #expect(size == (dataset == "truth" ? 729 : 15_625))
    }
  }

  @Test func `what is asked wrongly is refused in words`() throws {
    for (arguments, words) in [
      (["--table", "/nowhere.csv", "--signal", "a", "--report", "b"], "/nowhere.csv"),
      (["--table", "synthetic", "--strategies", "magic"], "no strategy 'magic'"),
      (["--table", "synthetic", "--strategies", "random:a=1"], "unknown parameter"),
      (["--table", "synthetic", "--rule", "both"], "must be strings or graphs"),
    ] {
      let refusal = try Command.run(["bench", "strategies", "--seeds", "2"] + arguments)
      #expect(refusal.status != 0 && refusal.output.contains(words), "\(refusal.output)")
    }
  }

  @Test func `a job on a table searches by the signal, and its winner is read in the report`()
    async throws
  {
    let service = try Service()
    defer { service.remove() }
    let created = try await service.json(
      "POST", "/v1/datasets",
      """
      {"name": "bench", "format": "nas-table", "options": {"architecture": "arch",
      "signal": "valid", "report": "test"}}
      """)
    let dataset = try #require(created["id"] as? String)
    let put = try await service.send(
      "PUT", "/v1/datasets/\(dataset)/files/table", json: BenchStrategiesTests.everyCell)
    #expect((200..<300).contains(put.status))
    let sealed = try await service.json("POST", "/v1/datasets/\(dataset)/seal")
    let content = try #require(sealed["content"] as? [String: Any])
    #expect(content["train_rows"] as? Int == 15_625)
    let job = try await service.end(
      of: try await service.submit(
        "{\"dataset\": \"bench\", \"budget\": {\"max_trials\": 30}, \"seed\": 3}"))
    #expect(job["state"] as? String == "succeeded")
    let id = try #require(job["id"] as? String)
    let result = try await service.json("GET", "/v1/jobs/\(id)/result")
    let winner = try #require((result["finalists"] as? [[String: Any]])?.first)
    let search = try #require(winner["search_accuracy"] as? Double)
    let test = try #require((winner["test_accuracy"] as? [String: Any])?["mean"] as? Double)
    #expect(abs(search + test - 1.49) < 1e-9 && search > 0.9)
  }
}
