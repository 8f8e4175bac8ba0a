import Foundation
import Testing

/// A search as a client sees it, against the built server over a socket.
@Suite(.serialized) struct SearchTests {
  private let smallJob = """
    {"dataset": "digits", "strategy": {"name": "regularized-evolution", "params": {"population": 4,
    "sample": 2}}, "budget": {"max_trials": 12}, "trial": {"epochs": 1}, "final": {"top": 2,
    "seeds": 2, "epochs": 1}, "seed": 5}
    """

  @Test func `a job submitted by curl ends with a tested architecture to download`() async throws {
    let service = try Service()
    defer { service.remove() }
    #expect(try await service.send("GET", "/readyz").status == 200)
    let id = try await service.submit(smallJob)
    let job = try await service.end(of: id)
    #expect(job["state"] as? String == "succeeded")
    #expect(job["stop_reason"] as? String == "budget_trials")

    let result = try await service.json("GET", "/v1/jobs/\(id)/result")
    let finalists = try #require(result["finalists"] as? [[String: Any]])
    let winner = try #require(finalists.first)
    let test = try #require(winner["test_accuracy"] as? [String: Any])
    #expect((test["values"] as? [Double])?.count == 2)
    #expect(try #require(test["mean"] as? Double) > 0.3, "digits by chance is 0.1")
    #expect(
      finalists.dropFirst().allSatisfy {
        $0["test_accuracy"] is NSNull || $0["test_accuracy"] == nil
      })

    let architecture = try #require(winner["architecture"] as? String)
    for format in ["json", "dot", "safetensors"] {
      let file = try await service.send(
        "GET", "/v1/architectures/\(architecture)/export?format=\(format)")
      #expect(
        file.status == 200, "\(format): \(String(decoding: file.body.prefix(300), as: UTF8.self))")
      #expect(file.body.count > 500)
    }
  }

  @Test func `one worker or two: the same digest`() async throws {
    var digests: [String] = []
    for workers in [1, 2] {
      let service = try Service(workers: workers)
      defer { service.remove() }
      let job = try await service.end(of: try await service.submit(smallJob))
      digests.append(try #require(job["digest"] as? String))
    }
    #expect(digests[0] == digests[1])
  }

  /// ATELIER_KILLS raises the number of kills for a measurement; each needs some work to hit.
  private let kills = Int(ProcessInfo.processInfo.environment["ATELIER_KILLS"] ?? "") ?? 2

  @Test func `kills of server and workers at any moment leave the same digest and no orphan`()
    async throws
  {
    try await survivesKills(
      smallJob.replacingOccurrences(of: "\"max_trials\": 12", with: "\"max_trials\": \(60 * kills)")
    )
  }

  @Test func `a search on shared weights goes on from its last epoch after a kill`() async throws {
    try await survivesKills(
      """
      {"dataset": "digits", "seed": 3, "fidelity": {"share": 0},
       "space": {"name": "darts-cell",
                 "params": {"filters": 4, "nodes": 2, "operations": "small"}},
       "strategy": {"name": "darts", "params": {"epochs": \(30 * kills), "rounds": 1, "draws": 24}},
       "final": {"top": 1, "seeds": 1, "epochs": 1, "controls": 2}}
      """)
  }

  private func survivesKills(_ body: String) async throws {
    let quiet = try Service()
    let expected = try await quiet.end(of: try await quiet.submit(body))["digest"] as? String
    quiet.remove()

    var generator = Steps(state: 99)
    var service = try Service()
    let id = try await service.submit(body)
    for round in 0..<(2 * kills) {
      try await Task.sleep(for: .milliseconds(100 + generator.below(400)))
      let state = try await service.json("GET", "/v1/jobs/\(id)")["state"] as? String
      #expect(state == "running", "kill \(round) came after the job's end")
      let workers = service.workers()
      if round % 2 == 0 {
        if let victim = workers.randomElement(using: &generator) { kill(victim, SIGKILL) }
      } else {
        service.kill()
        try await Task.sleep(for: .milliseconds(300))
        #expect(workers.filter(Service.isAlive).isEmpty, "workers outlived their server")
        service = try Service(data: service.data)
      }
    }
    let job = try await service.end(of: id)
    #expect(job["state"] as? String == "succeeded")
    #expect(job["digest"] as? String == expected)
    #expect(service.terminate() == 0)
    let halfFiles = FileManager.default.enumerator(atPath: service.data.path)?.compactMap {
      $0 as? String
    }
    .filter { $0.contains(".tmp") }
    #expect(halfFiles == [])
    service.remove()
  }

  @Test func `a second server on the same folder refuses and says who holds it`() async throws {
    let service = try Service()
    defer { service.remove() }
    do {
      _ = try Service(data: service.data)
      Issue.record("a second server started on a held folder")
    } catch let failure as Service.StartFailure {
      #expect(failure.status == 75)
      #expect(failure.log.contains("is held by process"), "\(failure.log)")
    }
  }

  @Test func `a broken request costs nothing and names its fields`() async throws {
    let service = try Service()
    defer { service.remove() }
    let reply = try await service.send(
      "POST", "/v1/jobs", json: #"{"dataset": "digits", "budget": {"max_trials": 0}, "sed": 1}"#)
    #expect(reply.status == 422)
    let text = String(decoding: reply.body, as: UTF8.self)
    #expect(text.contains("/budget/max_trials") && text.contains("/sed"))
    let jobs = try await service.json("GET", "/v1/jobs")
    #expect((jobs["data"] as? [Any])?.isEmpty == true)
  }
}

/// A small repeatable source of random numbers for the moments of the kills.
private struct Steps: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 33)
  }

  mutating func below(_ bound: Int) -> Int {
    Int(next() % UInt64(bound))
  }
}
