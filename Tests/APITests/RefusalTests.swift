import API
import APITestKit
import Domain
import Foundation
import Store
import Testing

/// What the server refuses over a socket, and how it says so.
@Suite struct RefusalTests {
  @Test func `statuses of a wrong request`() async throws {
    try await RunningServer.with { server in
      let none = try await server.send("GET", "/v1/nope")
      #expect(none.status == 404 && none.problem == "not-found")
      let method = try await server.send("PATCH", "/v1/jobs/x")
      #expect(method.status == 405 && method.headers["allow"] == "DELETE, GET, HEAD")
      let type = try await server.send("POST", "/v1/jobs", body: "{}")
      #expect(type.status == 415 && type.problem == "unsupported-media-type")
      let text = try await server.send("POST", "/v1/jobs", json: "{")
      #expect(text.status == 400 && text.problem == "invalid-request")
      let empty = try await server.send("POST", "/v1/jobs")
      #expect(empty.status == 400)
      let large = try await server.send(
        "POST", "/v1/jobs", json: "\"" + String(repeating: "a", count: 1 << 20) + "\"")
      #expect(large.status == 413 && large.problem == "too-large")
      let accept = try await server.send("GET", "/v1/jobs", headers: [("Accept", "image/png")])
      #expect(accept.status == 406)
      let origin = try await server.send(
        "GET", "/v1/jobs", headers: [("Origin", "http://evil.example")])
      #expect(origin.status == 403 && origin.problem == "forbidden")
      let host = try await server.send("GET", "/v1/jobs", headers: [("Host", "evil.example")])
      #expect(host.status == 403)
      let query = try await server.send("GET", "/v1/jobs?pagesize=3&page_size=0&state=lazy")
      #expect(query.status == 400)
      #expect(Set(query.pointers) == ["/query/pagesize", "/query/page_size", "/query/state"])
      let token = try await server.send("GET", "/v1/jobs?page_token=xyz")
      #expect(token.status == 400)
      let coding = try await RawClient.connect(server.port).talk(
        "POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n")
      #expect(try Reply(coding).status == 501)
      #expect(try Reply(coding).problem == "not-implemented")
    }
  }

  @Test func `a refusal at the connection has the headers of any other answer`() async throws {
    let id = "X-Request-Id: my-1\r\n"
    let requests = [
      (413, "POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\n\(id)Content-Length: 3000000\r\n"),
      (
        413,
        "PUT /v1/datasets/mine/files/train HTTP/1.1\r\nHost: localhost\r\n\(id)"
          + "Content-Length: 3000000\r\n"
      ),
      (501, "POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\n\(id)Transfer-Encoding: gzip\r\n"),
      (400, "GET /v1/jobs HTTP/1.1\r\n\(id)"),
      (400, "GET /v1/jobs HTTP/1.1\r\nHost: a\r\nHost: b\r\n\(id)"),
      (400, "this is not HTTP\r\n"),
      (
        431,
        "GET /v1/jobs HTTP/1.1\r\nHost: localhost\r\nX: \(String(repeating: "a", count: 20_000))"
          + "\r\n"
      ),
    ]
    try await RunningServer.with { server in
      for (status, head) in requests {
        let reply = try Reply(await RawClient.connect(server.port).talk(head + "\r\n"))
        #expect(reply.status == status, "\(head.prefix(80))")
        let given = try #require(reply.headers["x-request-id"], "\(head.prefix(80))")
        #expect(reply.json["request_id"]?.stringValue == given)
        #expect(head.contains(id) ? given == "my-1" : given.hasPrefix("req_"))
        #expect(reply.headers["date"]?.hasSuffix("GMT") == true)
        #expect(reply.headers["content-security-policy"]?.hasPrefix("default-src 'none'") == true)
        #expect(reply.headers["referrer-policy"] == "no-referrer")
        #expect(reply.headers["x-content-type-options"] == "nosniff")
        #expect(reply.headers["cache-control"] == "no-store")
        #expect(reply.headers["connection"] == "close")
      }
    }
  }

  @Test func `what is there twice is refused by name`() async throws {
    try await RunningServer.with { server in
      let body = #"{"dataset": "digits", "budget": {"max_trials": 3, "max_trials": 900}}"#
      for path in ["/v1/jobs", "/v1/jobs/estimate"] {
        let reply = try await server.send("POST", path, json: body)
        #expect(reply.status == 422 && reply.problem == "validation")
        #expect(reply.pointers == ["/budget/max_trials"])
      }
      #expect(try await server.send("GET", "/v1/jobs").json["data"] == [])
      let query = try await server.send("GET", "/v1/jobs?page_size=1&page_size=2&page_size=3")
      #expect(query.status == 400 && query.pointers == ["/query/page_size"])
    }
  }

  @Test func `a parameter that is not UTF-8 is refused`() async throws {
    try await RunningServer.with { server in
      let reply = try await server.send("GET", "/v1/jobs?label=%ff")
      #expect(reply.status == 400 && reply.pointers == ["/query/label"])
      #expect(try await server.send("GET", "/v1/jobs?label=%C3%A5").status == 200)
    }
  }

  @Test func `a JSON fault says where and what`() async throws {
    try await RunningServer.with { server in
      let cut = try await server.send("POST", "/v1/jobs", json: "{\n\"dataset\": digits}")
      #expect(cut.status == 400 && cut.problem == "invalid-request")
      #expect(cut.json["detail"]?.stringValue?.contains("'d' at line 2, column 12") == true)
      let large = try await server.send("POST", "/v1/jobs", json: #"{"seed": 1e400}"#)
      #expect(large.status == 400)
      #expect(large.json["detail"]?.stringValue?.contains("the number 1e400") == true)
    }
  }

  @Test func `a compressed body is refused as such`() async throws {
    try await RunningServer.with { server in
      let body = #"{"dataset": "digits"}"#
      let gzip = try await server.send(
        "POST", "/v1/jobs", json: body, headers: [("Content-Encoding", "gzip")])
      #expect(gzip.status == 415 && gzip.problem == "unsupported-media-type")
      #expect(gzip.json["detail"]?.stringValue?.contains("Content-Encoding: gzip") == true)
      let plain = try await server.send(
        "POST", "/v1/jobs", json: body, headers: [("Content-Encoding", "identity")])
      #expect(plain.status == 201)
    }
  }

  @Test func `faults of a body come all at once and nothing is stored`() async throws {
    try await RunningServer.with { server in
      let reply = try await server.send(
        "POST", "/v1/jobs", json: #"{"dataset": "nope", "sed": 1, "budget": {"max_trials": 0}}"#)
      #expect(reply.status == 422)
      #expect(reply.problem == "validation")
      #expect(Set(reply.pointers) == ["/dataset", "/sed", "/budget/max_trials"])
      #expect(reply.json["instance"] == "/v1/jobs")
      #expect(reply.json["request_id"]?.stringValue == reply.headers["x-request-id"])
      #expect(try await server.send("GET", "/v1/jobs").json["data"] == [])
    }
  }

  @Test func `a job that ended without a trial says that no result will come`() async throws {
    try await RunningServer.with { server in
      try await server.put(job: "job_a")
      let early = try await server.send("GET", "/v1/jobs/job_a/result")
      #expect(early.status == 409 && early.problem == "not-ready")
      var job = try #require(await server.store.job("job_a"))
      job.state = .failed
      job.stopReason = .tooManyFailures
      job.failure = "no trial fits in memory"
      job.version += 1
      try await server.control.save(
        JobChange(job: job, events: [("job.state", ["state": "failed"])]))
      let late = try await server.send("GET", "/v1/jobs/job_a/result")
      #expect(late.status == 409 && late.problem == "conflict")
      let detail = try #require(late.json["detail"]?.stringValue)
      #expect(detail.contains("ended as failed") && detail.contains("never have a result"))
      #expect(detail.contains("too_many_failures") && detail.contains("no trial fits in memory"))
    }
  }

  @Test(arguments: ["random", "sharing"])
  func `an estimate that takes too long is refused`(strategy: String) async throws {
    try await RunningServer.with(settings: { $0.estimateLimit = .nanoseconds(-1) }) { server in
      let reply = try await server.send(
        "POST", "/v1/jobs/estimate", json: #"{"dataset": "digits", "strategy": "\#(strategy)"}"#)
      #expect(reply.status == 422 && reply.pointers == ["/space"])
      #expect(reply.body.contains("the estimate did not end within"))
    }
  }
}
