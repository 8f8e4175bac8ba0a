import API
import APITestKit
import Domain
import Foundation
import Store
import Testing

/// The server over a socket, with doubles behind it.
@Suite struct ServerTests {
  @Test func `a job is created, found and listed`() async throws {
    try await RunningServer.with { server in
      let made = try await server.send("POST", "/v1/jobs", json: #"{"dataset": "digits"}"#)
      #expect(made.status == 201)
      let id = try #require(made.json["id"]?.stringValue)
      #expect(made.headers["location"] == "/v1/jobs/\(id)")
      let found = try await server.send("GET", "/v1/jobs/\(id)")
      #expect(found.status == 200)
      #expect(found.json == made.json)
      #expect(found.json["request"]?["trial"]?["samples_seen"] == 5760)
      let list = try await server.send("GET", "/v1/jobs?state=queued,running&dataset=digits")
      #expect(list.json["data"] == .array([made.json]))
      #expect(list.json["next_page_token"] == .null)
      let again = try await server.send(
        "POST", "/v1/jobs", json: try #require(made.json["request"]).canonical)
      #expect(again.status == 201)
      #expect(again.json["request"] == made.json["request"])
    }
  }

  @Test func `every answer has its safety headers`() async throws {
    try await RunningServer.with(publicFolder: RunningServer.root + "/Tests/APITestKit") { server in
      for path in ["/v1/jobs", "/nope", "/healthz"] {
        let reply = try await server.send("GET", path)
        #expect(reply.headers["x-content-type-options"] == "nosniff")
        #expect(reply.headers["cache-control"] == "no-store")
        #expect(reply.headers["content-security-policy"]?.hasPrefix("default-src 'none'") == true)
        #expect(reply.headers["date"]?.hasSuffix("GMT") == true)
        #expect(reply.headers["x-request-id"]?.hasPrefix("req_") == true)
      }
      let named = try await server.send("GET", "/healthz", headers: [("X-Request-Id", "my-1")])
      #expect(named.headers["x-request-id"] == "my-1")
      let file = try await server.send("GET", "/Toy.swift")
      #expect(file.status == 200)
      #expect(file.headers["cache-control"] == "no-cache")
      #expect(
        file.headers["content-security-policy"]?.contains("script-src 'self'; style-src") == true)
      let head = try await server.send("HEAD", "/Toy.swift")
      #expect(head.status == 200 && head.body.isEmpty)
      #expect(head.headers["content-length"] == file.headers["content-length"])
    }
  }

  @Test func `an unchanged job is not sent again, and a wait ends with its change`() async throws {
    try await RunningServer.with { server in
      try await server.put(job: "job_a")
      let first = try await server.send("GET", "/v1/jobs/job_a")
      let tag = try #require(first.headers["etag"])
      let condition = [("If-None-Match", tag)]
      let same = try await server.send("GET", "/v1/jobs/job_a", headers: condition)
      #expect(same.status == 304 && same.body.isEmpty && same.headers["etag"] == tag)
      let held = try await server.send("GET", "/v1/jobs/job_a?wait=0.05", headers: condition)
      #expect(held.status == 304)
      let old = try await server.send(
        "GET", "/v1/jobs/job_a?wait=60", headers: [("If-None-Match", "\"1-1\"")])
      #expect(old.status == 200, "a job that has changed already is sent at once")

      async let waiting = server.send("GET", "/v1/jobs/job_a?wait=60", headers: condition)
      var job = try #require(await server.store.job("job_a"))
      job.state = .succeeded
      job.version += 1
      // Whether the change comes before or after the wait began, the wait ends with it.
      try await server.control.save(
        JobChange(job: job, events: [("job.state", ["state": "succeeded"])]))
      let changed = try await waiting
      #expect(changed.status == 200 && changed.json["state"] == "succeeded")
      let ended = try await server.send("GET", "/v1/jobs/job_a?wait=60")
      #expect(ended.json["progress"]?["fraction"] == 1)
    }
  }

  @Test func `the same key and body create once`() async throws {
    try await RunningServer.with { server in
      let key = [("Idempotency-Key", "abc")]
      let body = #"{"dataset": "digits"}"#
      let first = try await server.send("POST", "/v1/jobs", json: body, headers: key)
      let second = try await server.send("POST", "/v1/jobs", json: body, headers: key)
      #expect(second.status == 201)
      #expect(second.json == first.json)
      #expect(second.headers["location"] == first.headers["location"])
      #expect(second.headers["idempotency-replayed"] == "true")
      #expect(first.headers["idempotency-replayed"] == nil)
      let other = try await server.send(
        "POST", "/v1/jobs", json: #"{"dataset": "digits", "seed": 1}"#, headers: key)
      #expect(other.status == 422 && other.problem == "idempotency-mismatch")
      #expect(try await server.send("GET", "/v1/jobs").json["data"]?.arrayValue?.count == 1)
      let bad = try await server.send(
        "POST", "/v1/jobs", json: body, headers: [("Idempotency-Key", "a b")])
      #expect(bad.status == 400 && bad.pointers == ["/header/Idempotency-Key"])
    }
  }

  @Test func `a key whose first request is still being answered is refused`() async throws {
    try await RunningServer.with { server in
      let key = [("Idempotency-Key", "abc")]
      let body = #"{"dataset": "digits"}"#
      await server.control.hold()
      async let first = server.send("POST", "/v1/jobs", json: body, headers: key)
      while await server.control.heldCount == 0 { await Task.yield() }
      let second = try await server.send("POST", "/v1/jobs", json: body, headers: key)
      #expect(second.status == 409 && second.problem == "idempotency-in-flight")
      #expect(second.headers["retry-after"] == "1")
      await server.control.release()
      #expect(try await first.status == 201)
      let third = try await server.send("POST", "/v1/jobs", json: body, headers: key)
      #expect(third.headers["idempotency-replayed"] == "true")
    }
  }

  @Test func `lists go on where the last page ended`() async throws {
    try await RunningServer.with { server in
      try await server.put(job: "job_a", trials: (1...5).map { Toy.trial($0) })
      var numbers: [Int] = []
      var token = ""
      repeat {
        let page = try await server.send(
          "GET", "/v1/jobs/job_a/trials?order_by=-search_accuracy&page_size=2\(token)")
        numbers += page.json["data"]?.arrayValue?.compactMap { $0["number"]?.intValue } ?? []
        token = page.json["next_page_token"]?.stringValue.map { "&page_token=\($0)" } ?? ""
      } while !token.isEmpty
      #expect(numbers == [5, 4, 3, 2, 1])
    }
  }

  @Test func `steering a job tells whether it is there yet`() async throws {
    try await RunningServer.with { server in
      try await server.put(job: "job_a")
      #expect(try await server.send("POST", "/v1/jobs/job_a/pause").status == 202)
      #expect(try await server.send("POST", "/v1/jobs/job_a/resume").status == 409)
      try await server.put(job: "job_b")
      let paused = try await server.send("POST", "/v1/jobs/job_b/pause?mode=now")
      #expect(paused.status == 200 && paused.json["state"] == "paused")
      #expect(try await server.send("POST", "/v1/jobs/job_b/resume").json["state"] == "queued")
      #expect(try await server.send("DELETE", "/v1/jobs/job_b").status == 409)
      #expect(try await server.send("POST", "/v1/jobs/job_b/cancel?mode=now").status == 200)
      #expect(try await server.send("DELETE", "/v1/jobs/job_b").status == 204)
      #expect(try await server.send("GET", "/v1/jobs/job_b").status == 404)
      #expect(try await server.send("POST", "/v1/jobs/job_b/cancel").status == 404)
      #expect(try await server.send("POST", "/v1/jobs/job_a/cancel?mode=soon").status == 400)
    }
  }

  @Test func `requests on one connection are answered in order`() async throws {
    try await RunningServer.with { server in
      let text = try await RawClient.connect(server.port).talk(
        "GET /v1/nope HTTP/1.1\r\nHost: localhost\r\n\r\n"
          + "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
          + "GET /v1/spaces HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
      let statuses = text.components(separatedBy: "HTTP/1.1 ").dropFirst().map { $0.prefix(3) }
      #expect(statuses == ["404", "200", "200"])
    }
  }

  @Test func `an architecture is exported with its weights, or 409`() async throws {
    let digest = String(repeating: "f", count: 64)
    try await RunningServer.with(weights: [digest: Array("weights".utf8)]) { server in
      try await server.put(
        job: "job_a", trials: [Toy.trial(2, weights: digest), Toy.trial(1), Toy.trial(4)])
      let job = try await server.send("GET", "/v1/jobs/job_a")
      let id = try #require(job.json["best"]?["architecture"]?.stringValue)
      let architecture = try await server.send("GET", "/v1/architectures/\(id)")
      #expect(architecture.json["trials"] == [2, 4])
      #expect(architecture.json["parameters"] == 130)
      let export = "/v1/architectures/\(id)/export?format="
      let file = try await server.send("GET", export + "safetensors")
      #expect(file.body == "weights")
      #expect(
        file.headers["content-disposition"] == "attachment; filename=\"\(id).safetensors\"")
      #expect(try await server.send("GET", export + "safetensors&weights=trial:2").status == 200)
      #expect(try await server.send("GET", export + "safetensors&weights=trial:4").status == 409)
      #expect(try await server.send("GET", export + "safetensors&weights=trial:1").status == 404)
      #expect(try await server.send("GET", export + "safetensors&weights=best").status == 400)
      #expect(try await server.send("GET", export + "onnx").status == 406)
      #expect(try await server.send("GET", "/v1/architectures/\(id)/export").status == 400)
      #expect(
        try await server.send("GET", export + "dot").headers["content-type"]
          == "text/vnd.graphviz")
    }
  }

  @Test func `a sample is a function of its seed and says what does not fit`() async throws {
    try await RunningServer.with { server in
      let path = "/v1/spaces/nasbench201-cell/sample"
      let first = try await server.send("POST", path, json: #"{"count": 30, "seed": 3}"#)
      let second = try await server.send("POST", path, json: #"{"count": 30, "seed": 3}"#)
      #expect(first.status == 200 && first.body == second.body)
      let rows = try #require(first.json["data"]?.arrayValue)
      #expect(Set(rows.compactMap { $0["code"]?.stringValue }).count > 2)
      let broken = rows.filter { $0["failure"] != .null }
      #expect(!broken.isEmpty && broken.allSatisfy { $0["parameters"] == .null })
      let plain = try await server.send("POST", path)
      #expect(plain.json["data"]?.arrayValue?.count == 1)
      let faults = try await server.send(
        "POST", path, json: #"{"count": 0, "params": {"depth": 1}, "dataset": "no", "x": 1}"#)
      #expect(Set(faults.pointers) == ["/count", "/params/depth", "/dataset", "/x"])
    }
  }

  @Test func `readiness follows the workers`() async throws {
    try await RunningServer.with { server in
      #expect(try await server.send("GET", "/readyz").json["workers"] == 2)
      await server.control.setWorkers(0)
      let reply = try await server.send("GET", "/readyz")
      #expect(reply.status == 503 && reply.headers["retry-after"] == "1")
      #expect(try await server.send("GET", "/healthz").status == 200)
    }
  }

  @Test func `metrics count jobs, trials and requests`() async throws {
    try await RunningServer.with { server in
      try await server.put(job: "job_a", trials: [Toy.trial(1), Toy.trial(2)])
      _ = try await server.send("GET", "/v1/jobs/job_a")
      let text = try await server.send("GET", "/metrics").body
      #expect(text.contains("atelier_jobs{state=\"running\"} 1\n"))
      #expect(text.contains("atelier_trials_finished 2\n"))
      #expect(text.contains("atelier_workers 2\n"))
      #expect(
        text.contains(
          "atelier_http_requests_total{method=\"GET\",route=\"/v1/jobs/{id}\",status=\"200\"} 1\n"))
      #expect(text.contains("\nprocess_resident_memory_bytes "))
    }
  }
}
