import API
import APITestKit
import Domain
import Foundation
import Store
import Testing

@Suite struct EventStreamTests {
  private let accept = [("Accept", "text/event-stream")]

  private func streamRequest(_ job: String, _ fields: String = "") -> String {
    "GET /v1/jobs/\(job)/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
      + "\(fields)\r\n"
  }

  private func end(_ job: String, of server: RunningServer) async throws {
    var row = try Toy.job(job)
    row.state = .succeeded
    row.version = 9
    try await server.control.save(
      JobChange(
        job: row, events: [("log", ["message": "done"]), ("job.state", ["state": "succeeded"])]))
  }

  private func ids(_ text: String) -> [Int] {
    text.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("id: ") }.compactMap {
      Int($0.dropFirst(4))
    }
  }

  @Test func `events are listed from a sequence on`() async throws {
    try await RunningServer.with { server in
      try await server.put(job: "job_a")
      let all = try await server.send("GET", "/v1/jobs/job_a/events")
      #expect(all.json["data"]?.arrayValue?.map { $0["sequence"] } == [1, 2])
      #expect(all.json["next_after"] == 2 && all.json["ended"] == false)
      let rest = try await server.send("GET", "/v1/jobs/job_a/events?after=1&page_size=1")
      #expect(rest.json["data"]?.arrayValue?.map { $0["kind"] } == ["job.state"])
      try await end("job_a", of: server)
      let last = try await server.send("GET", "/v1/jobs/job_a/events?after=2")
      #expect(last.json["ended"] == true && last.json["next_after"] == 4)
      let none = try await server.send("GET", "/v1/jobs/job_a/events?after=4")
      #expect(none.json["data"] == [] && none.json["ended"] == true && none.json["next_after"] == 4)
    }
  }

  @Test func `a stream follows the job to its last event and ends`() async throws {
    try await RunningServer.with { server in
      try await server.put(job: "job_a")
      async let reading = server.send("GET", "/v1/jobs/job_a/events", headers: accept)
      try await end("job_a", of: server)
      let reply = try await reading
      #expect(reply.status == 200)
      #expect(reply.headers["content-type"] == "text/event-stream")
      #expect(ids(reply.body) == [1, 2, 3, 4])
      #expect(reply.body.contains("id: 3\nevent: log\ndata: {\"at\":\""))
      #expect(reply.body.hasPrefix("retry: 2000\n\n") && reply.body.hasSuffix("\n\n"))
    }
  }

  @Test func `a stream resumes with no gap and no repeat, and 204 when all was seen`() async throws
  {
    try await RunningServer.with { server in
      try await server.put(job: "job_a")
      try await end("job_a", of: server)
      let rest = try await server.send(
        "GET", "/v1/jobs/job_a/events?after=1", headers: accept + [("Last-Event-ID", "2")])
      #expect(ids(rest.body) == [3, 4])
      let none = try await server.send(
        "GET", "/v1/jobs/job_a/events", headers: accept + [("Last-Event-ID", "4")])
      #expect(none.status == 204)
      let bad = try await server.send(
        "GET", "/v1/jobs/job_a/events", headers: accept + [("Last-Event-ID", "x")])
      #expect(bad.status == 400)
      #expect(try await server.send("GET", "/v1/jobs/no/events", headers: accept).status == 404)
    }
  }

  @Test func `a silent stream says that it lives`() async throws {
    try await RunningServer.with { server in
      try await server.put(job: "job_a")
      let text = try await RawClient.connect(server.port).talk(streamRequest("job_a")) {
        $0.components(separatedBy: ": still here").count > 3
      }
      #expect(ids(text) == [1, 2])
    }
  }

  @Test func `a reader that goes away is noticed`() async throws {
    try await RunningServer.with(settings: { $0.heartbeat = .seconds(600) }) { server in
      try await server.put(job: "job_a")
      for _ in 0..<3 {
        _ = try await RawClient.connect(server.port).talk(streamRequest("job_a")) {
          $0.contains("id: 2")
        }
      }
      // Their ends reach the server soon after; nothing else would end these streams.
      while server.server.connectionCount > 0 { try await Task.sleep(for: .milliseconds(5)) }
    }
  }

  @Test func `streams and waits end when the server stops`() async throws {
    try await RunningServer.with(settings: { $0.patience = .seconds(600) }) { server in
      try await server.put(job: "job_a")
      let stream = try await RawClient.connect(server.port)
      async let text = stream.talk(streamRequest("job_a"))
      async let waited = server.send("GET", "/v1/jobs/job_a?wait=60")
      while server.server.connectionCount < 2 { try await Task.sleep(for: .milliseconds(5)) }
      // Both are answered to their end, and the server ends without using its patience.
      try await Task.sleep(for: .milliseconds(100))
      try await server.stop()
      #expect(ids(try await text) == [1, 2])
      #expect(try await text.hasSuffix("0\r\n\r\n"))
      #expect(try await waited.status == 200)
    }
  }
}
