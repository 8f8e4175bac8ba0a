import API
import APITestKit
import Domain
import Testing

/// `POST /v1/comparisons`, with a double in place of the searches.
@Suite struct ComparisonTests {
  private let path = "/v1/comparisons"

  @Test func `the table alone is asked for; the answer tells the rest and is a body itself`()
    async throws
  {
    try await RunningServer.with { server in
      let reply = try await server.send("POST", path, json: #"{"dataset": "truth"}"#)
      #expect(reply.status == 200 && reply.headers["content-type"] == "application/json")
      let request = try #require(reply.json["request"])
      #expect(request["evaluations"] == [100] && request["seeds"] == 100)
      #expect(request["rule"] == "strings")
      let names = request["strategies"]?.arrayValue?.compactMap { $0["name"]?.stringValue }
      #expect(names == ["random", "regularized-evolution", "gaussian-process"], "not sharing")
      #expect(reply.json["rows"]?.arrayValue?.count == 3)
      let again = try await server.send("POST", path, json: request.canonical)
      #expect(again.status == 200 && again.body == reply.body)
    }
  }

  @Test func `a row is named by what is not at its default`() async throws {
    try await RunningServer.with { server in
      let strategies = """
        ["gaussian-process", {"name": "gaussian-process", "params": {"population": 30}},
        {"name": "regularized-evolution", "params": {"population": 20}}]
        """
      let reply = try await server.send(
        "POST", path,
        json: #"{"dataset": "truth", "evaluations": [9, 3, 9], "strategies": \#(strategies)}"#)
      let rows = reply.json["rows"]?.arrayValue ?? []
      let names = [
        "random", "gaussian-process", "gaussian-process:population=30", "regularized-evolution",
      ]
      #expect(rows.map { $0["strategy"]?.stringValue } == names + names)
      #expect(rows.first?["evaluations"] == 3 && rows.last?["evaluations"] == 9)
    }
  }

  @Test func `a table in Markdown and a picture where they are asked for`() async throws {
    try await RunningServer.with { server in
      let body = #"{"dataset": "truth", "strategies": ["random"], "seeds": 3}"#
      func reply(_ accept: String) async throws -> Reply {
        try await server.send("POST", path, json: body, headers: [("Accept", accept)])
      }
      let table = try await reply("text/markdown")
      #expect(table.headers["content-type"] == "text/markdown; charset=utf-8")
      #expect(table.body.contains("| random | 100 | ") && table.body.hasSuffix(" |\n"))
      let plot = try await reply("application/json;q=0.1, image/svg+xml")
      #expect(plot.headers["content-type"] == "image/svg+xml" && plot.body.hasPrefix("<svg "))
      #expect(try await reply("*/*").headers["content-type"] == "application/json")
    }
  }

  @Test func `every fault is named, all at once`() async throws {
    try await RunningServer.with { server in
      let reply = try await server.send(
        "POST", path,
        json: """
          {"dataset": "digits", "strategies": ["magic", "sharing", "random", "random", 3,
          {"name": "random", "params": {"speed": 1}}], "evaluations": [0, 1001, 5], "seeds": 1,
          "rule": "both", "sed": 1}
          """)
      #expect(reply.status == 422 && reply.problem == "validation")
      #expect(
        Set(reply.pointers) == [
          "/dataset", "/strategies/0", "/strategies/1", "/strategies/3", "/strategies/4",
          "/strategies/5/params/speed", "/evaluations/0", "/evaluations/1", "/seeds", "/rule",
          "/sed",
        ])
      for words in [
        "'digits' holds samples, format csv; it must be the name of a data set of the format nas-table",
        "no strategy 'magic'; known are random, regularized-evolution",
        "sharing trains shared weights, and a table holds none to train on",
        "random stands there twice", "must be one of strings, graphs, not 'both'",
      ] {
        #expect(reply.body.contains(words), "\(words)")
      }
      for (body, words) in [
        ("[]", "must be an object"), ("{}", "is required: the name"),
        (#"{"dataset": "nope"}"#, "no data set 'nope'"),
        (#"{"dataset": "truth", "strategies": []}"#, "must have 1 to 16 elements, not 0"),
        (#"{"dataset": "truth", "strategies": [null]}"#, "must be a strategy, not null"),
      ] {
        let reply = try await server.send("POST", path, json: body)
        #expect(reply.status == 422 && reply.body.contains(words), "\(body): \(reply.body)")
        #expect(reply.pointers.count == 1, "\(body): \(reply.body)")
      }
    }
  }

  @Test func `too many evaluations are refused with the number of seeds that would do`()
    async throws
  {
    try await RunningServer.with { server in
      func reply(_ evaluations: String, seeds: Int) async throws -> Reply {
        try await server.send(
          "POST", path,
          json: """
            {"dataset": "truth", "strategies": ["regularized-evolution", "gaussian-process"],
            "evaluations": [\(evaluations)], "seeds": \(seeds)}
            """)
      }
      let large = try await reply("50, 100", seeds: 1000)
      #expect(large.status == 422 && large.pointers == ["/seeds"])
      #expect(
        large.body.contains(
          "3 strategies, random search among them, with 150 evaluations a seed are 450000 "
            + "evaluations at 1000 seeds; at most 300000 are made: ask for at most 666 seeds"))
      #expect(try await reply("50, 100", seeds: 666).status == 200)
      #expect(try await reply("50, 100", seeds: 667).status == 422)
    }
  }

  @Test func `one comparison at a time`() async throws {
    try await RunningServer.with { server in
      let held = try await server.whileComparing {
        let other = try await server.send("POST", path, json: #"{"dataset": "truth"}"#)
        #expect(other.status == 503 && other.headers["retry-after"] == "1")
        #expect(try await server.send("GET", "/healthz").status == 200)
      }
      #expect(held.status == 200)
      #expect(try await server.send("POST", path, json: #"{"dataset": "truth"}"#).status == 200)
    }
  }

  @Test func `a comparison ends when its client hangs up`() async throws {
    try await RunningServer.with { server in
      server.comparer.hold()
      let client = try await RawClient.connect(server.port)
      let body = #"{"dataset": "truth"}"#
      async let reply = client.talk(
        "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
          + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
      while server.comparer.running == 0 { try await Task.sleep(for: .milliseconds(1)) }
      await client.drop()
      while server.comparer.running > 0 { try await Task.sleep(for: .milliseconds(1)) }
      #expect(try await reply == "")
    }
  }

  @Test func `a comparison that takes too long is refused`() async throws {
    try await RunningServer.with(settings: { $0.comparisonLimit = .milliseconds(1) }) { server in
      server.comparer.hold()
      let reply = try await server.send("POST", path, json: #"{"dataset": "truth"}"#)
      #expect(reply.status == 422 && reply.pointers == ["/seeds"])
      #expect(reply.body.contains("did not end within"))
    }
  }

  @Test func `a comparison ends when the service stops`() async throws {
    try await RunningServer.with { server in
      server.comparer.hold()
      async let reply = server.send("POST", path, json: #"{"dataset": "truth"}"#)
      while server.comparer.running == 0 { try await Task.sleep(for: .milliseconds(1)) }
      try await server.stop()
      #expect(server.comparer.running == 0)
      #expect(try await reply.status == 503)
    }
  }
}
