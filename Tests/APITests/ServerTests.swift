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

  @Test func `a data set is put in three calls`() async throws {
    try await RunningServer.with { server in
      let made = try await server.send(
        "POST", "/v1/datasets", json: #"{"name": "mine", "format": "csv"}"#)
      #expect(made.status == 201)
      #expect(try await server.send("POST", "/v1/datasets/mine/seal").status == 409)
      let file = try await server.send("PUT", "/v1/datasets/mine/files/train", body: "1,2\n")
      #expect(
        file.json == [
          "part": "train", "size_bytes": 4, "sha256": .string(Digest.sha256("1,2\n")),
        ])
      let id = try #require(made.json["id"]?.stringValue)
      #expect(server.vault.bytes(id, "train") == Array("1,2\n".utf8))
      let sealed = try await server.send("POST", "/v1/datasets/mine/seal")
      #expect(sealed.status == 200 && sealed.json["state"] == "sealed")
      #expect(sealed.json["content"]?["fitting_rows"] == 1152)
      #expect(try await server.send("POST", "/v1/datasets/mine/seal").status == 200)
      #expect(
        try await server.send("PUT", "/v1/datasets/mine/files/train", body: "x").status == 409)
      #expect(try await server.send("DELETE", "/v1/datasets/mine").status == 204)
      #expect(try await server.send("DELETE", "/v1/datasets/digits").status == 409)
    }
  }

  @Test func `a broken or oversized file is refused`() async throws {
    try await RunningServer.with { server in
      _ = try await server.send("POST", "/v1/datasets", json: #"{"name": "mine", "format": "csv"}"#)
      _ = try await server.send("PUT", "/v1/datasets/mine/files/train", body: "broken")
      let sealed = try await server.send("POST", "/v1/datasets/mine/seal")
      #expect(sealed.status == 422 && sealed.problem == "dataset")
      #expect(sealed.json["detail"]?.stringValue?.contains("row 1") == true)
      let large = try await server.send(
        "PUT", "/v1/datasets/mine/files/train", body: String(repeating: "x", count: (1 << 20) + 1))
      #expect(large.status == 413)
      #expect(
        try await server.send("PUT", "/v1/datasets/mine/files/nope", body: "x").status == 404)
      let double = try await server.send(
        "POST", "/v1/datasets", json: #"{"name": "mine", "format": "csv"}"#)
      #expect(double.status == 409)
      let draft = try await server.send(
        "POST", "/v1/datasets",
        json: #"{"name": "Mine", "format": "tsv", "shape": {"height": 0}, "size": 1}"#)
      #expect(
        Set(draft.pointers) == [
          "/name", "/format", "/shape/height", "/shape/width", "/shape/channels", "/size",
        ])
    }
  }

  @Test func `an upload that is cut leaves nothing`() async throws {
    try await RunningServer.with { server in
      let made = try await server.send(
        "POST", "/v1/datasets", json: #"{"name": "mine", "format": "csv"}"#)
      let id = try #require(made.json["id"]?.stringValue)
      let client = try await RawClient.connect(server.port)
      let path = "/v1/datasets/mine/files/train"
      let text = try await client.talk(
        "PUT \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n"
          + "Expect: 100-continue\r\n\r\nabc"
      ) { $0.contains("100 Continue") }
      #expect(text == "HTTP/1.1 100 Continue\r\n\r\n")
      #expect(try await server.send("GET", "/v1/datasets/mine").json["files"] == [])
      #expect(server.vault.bytes(id, "train") == nil)
    }
  }

  @Test func `an upload to a missing set is refused before it is sent`() async throws {
    try await RunningServer.with { server in
      let client = try await RawClient.connect(server.port)
      let text = try await client.talk(
        "PUT /v1/datasets/no/files/train HTTP/1.1\r\nHost: localhost\r\n"
          + "Content-Length: 1000000\r\nExpect: 100-continue\r\n\r\n"
      ) { $0.contains("\r\n\r\n{") }
      #expect(text.hasPrefix("HTTP/1.1 404"))
      #expect(text.lowercased().contains("connection: close"))
    }
  }

  @Test func `a chunked body is read like any other`() async throws {
    try await RunningServer.with { server in
      let text = try await RawClient.connect(server.port).talk(
        "POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
          + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
          + "b\r\n{\"dataset\":\r\n9\r\n\"digits\"}\r\n0\r\n\r\n")
      #expect(try Reply(text).status == 201)
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
