import APITestKit
import Domain
import Testing

/// Requests that meet every status the contract lists.
struct Scenario {
  let server: RunningServer
  let ledger: Ledger
  /// Digest of weights that the server can read.
  let weights: String

  private static let tooLong = "\"" + String(repeating: "a", count: 9 << 20) + "\""

  func run() async throws {
    try await service()
    try await catalog()
    try await comparisons()
    try await datasets()
    try await jobs()
    try await trials()
    try await trust()
    try await architectures()
    try await anyRoute()
  }

  @discardableResult
  private func ask(
    _ method: String, _ path: String, _ status: Int, json: String? = nil, body: String? = nil,
    headers: [(String, String)] = []
  ) async throws -> Reply {
    try await ledger.check(
      server, method, path, expecting: status, json: json, body: body, headers: headers)
  }

  private func service() async throws {
    let page = try await ask("GET", "/", 200)
    try await ask("GET", "/", 304, headers: [("If-None-Match", page.headers["etag"] ?? "")])
    try await ask("GET", "/healthz", 200)
    try await ask("GET", "/readyz", 200)
    await server.control.setWorkers(0)
    try await ask("GET", "/readyz", 503)
    await server.control.setWorkers(2)
    try await ask("GET", "/metrics", 200)
    try await ask("GET", "/openapi.yaml", 200)
    try await ask("GET", "/problems/validation", 200)
    try await ask("GET", "/problems/nope", 404)
  }

  private func catalog() async throws {
    for kind in ["strategies", "spaces"] {
      let list = try await ask("GET", "/v1/\(kind)", 200)
      for entry in list.json["data"]?.arrayValue ?? [] {
        try await ask("GET", "/v1/\(kind)/\(entry["id"]?.stringValue ?? "")", 200)
      }
      try await ask("GET", "/v1/\(kind)/nope", 404)
    }
    try await ask("GET", "/v1/pruners", 200)
    let estimate = "/v1/jobs/estimate"
    let reply = try await ask("POST", estimate, 200, json: #"{"dataset": "digits"}"#)
    #expect(reply.json["trials"]?["likely"]?.doubleValue == 40)
    #expect((reply.json["search_seconds"]?["high"]?.doubleValue ?? 0) > 0)
    try await ask(
      "POST", estimate, 200, json: #"{"dataset": "digits", "budget": {"max_seconds": 60}}"#)
    try await ask("POST", estimate, 400, json: "{")
    try await ask("POST", estimate, 413, json: Scenario.tooLong)
    try await ask("POST", estimate, 415, body: "{}")
    try await ask("POST", estimate, 422, json: #"{"dataset": "nope"}"#)
    let sharing = try await ask(
      "POST", estimate, 200, json: #"{"dataset": "digits", "strategy": "sharing"}"#)
    // One round of 10 epochs of 18 batches on two threads, then 20 paths on 5 batches each.
    #expect(sharing.json["trials"]?["likely"] == 20)
    #expect(abs((sharing.json["search_seconds"]?["likely"]?.doubleValue ?? 0) - 12) < 1e-9)
    let sample = "/v1/spaces/nasbench201-cell/sample"
    try await ask("POST", sample, 200, json: #"{"count": 40, "dataset": "digits"}"#)
    try await ask("POST", sample, 400, json: "{")
    try await ask("POST", "/v1/spaces/nope/sample", 404)
    try await ask("POST", sample, 413, json: Scenario.tooLong)
    try await ask("POST", sample, 415, body: "{}")
    try await ask("POST", sample, 422, json: #"{"count": 0}"#)
  }

  private func comparisons() async throws {
    let path = "/v1/comparisons"
    let body = #"{"dataset": "truth", "seeds": 3, "strategies": ["random", "gaussian-process"]}"#
    let reply = try await ask("POST", path, 200, json: body)
    #expect(reply.json["rows"]?.arrayValue?.count == 2)
    #expect(reply.json["curves"]?.arrayValue?[1]["by_evaluations"]?.arrayValue?.count == 100)
    let lone = try await ask("POST", path, 200, json: #"{"dataset": "synthetic", "seeds": 2}"#)
    #expect(lone.json["rows"]?.arrayValue?[0]["mean"] == .null)
    for type in ["text/markdown", "image/svg+xml"] {
      try await ask("POST", path, 200, json: body, headers: [("Accept", type)])
    }
    try await ask("POST", path, 400, json: "{")
    try await ask("POST", path, 406, json: body, headers: [("Accept", "image/png")])
    try await ask("POST", path, 413, json: Scenario.tooLong)
    try await ask("POST", path, 415, body: body)
    try await ask("POST", path, 422, json: #"{"dataset": "digits"}"#)
    let held = try await server.whileComparing { try await ask("POST", path, 503, json: body) }
    #expect(held.status == 200)
  }

  private func datasets() async throws {
    let list = "/v1/datasets"
    try await ask("GET", list, 200)
    try await ask("GET", list + "?page_token=!", 400)
    let body = """
      {"name": "mine", "format": "csv", "shape": {"height": 8, "width": 8, "channels": 1},
      "label_column": "label", "class_names": ["a", "b"], "test_fraction": 0.2, "test_seed": 0}
      """
    let key = [("Idempotency-Key", "k1")]
    try await ask("POST", list, 201, json: body, headers: key)
    try await ask("POST", list, 201, json: body, headers: key)
    try await ask("POST", list, 409, json: body)
    try await ask("POST", list, 400, json: "nope")
    try await ask("POST", list, 413, json: Scenario.tooLong)
    try await ask("POST", list, 415, body: body)
    try await ask("POST", list, 422, json: "{}")
    let mine = list + "/mine"
    try await ask("GET", mine, 200)
    try await ask("GET", list + "/nope", 404)
    try await ask("POST", mine + "/seal", 409)
    let file = mine + "/files/train"
    try await ask("PUT", file, 400)
    try await ask("PUT", file, 413, body: String(repeating: "x", count: (1 << 20) + 1))
    try await ask("PUT", list + "/nope/files/train", 404, body: "x")
    try await ask("PUT", file, 200, body: "broken")
    try await ask("POST", mine + "/seal", 422)
    try await ask("PUT", file, 200, body: "1,a\n")
    try await ask("POST", mine + "/seal", 200)
    try await ask("POST", list + "/nope/seal", 404)
    try await ask("PUT", file, 409, body: "x")
    try await ask("GET", mine, 200)
    try await ask("DELETE", mine, 204)
    try await ask("DELETE", mine, 404)
    try await ask("DELETE", list + "/digits", 409)
  }

  private func jobs() async throws {
    let list = "/v1/jobs"
    let body = #"{"dataset": "digits"}"#
    let key = [("Idempotency-Key", "k2")]
    try await ask("POST", list, 201, json: body, headers: key)
    let made = try await ask("POST", list, 201, json: body, headers: key)
    try await ask("POST", list, 400, json: "")
    try await ask("POST", list, 413, json: Scenario.tooLong)
    try await ask("POST", list, 415, body: body)
    try await ask("POST", list, 422, json: #"{"dataset": "digits", "seed": -1}"#)
    await server.control.setRefusal(ServiceError(.unavailable, "the service stops"))
    try await ask("POST", list, 503, json: body)
    await server.control.setRefusal(ServiceError(.conflict, "there is such a job"))
    try await ask("POST", list, 409, json: body)
    await server.control.setRefusal(nil)
    try await ask("GET", list, 200)
    try await ask("GET", list + "?page_token=!", 400)
    let job = list + "/" + (made.json["id"]?.stringValue ?? "")
    let found = try await ask("GET", job, 200)
    try await ask("GET", job, 304, headers: [("If-None-Match", found.headers["etag"] ?? "")])
    try await ask("GET", job + "?wait=x", 400)
    try await ask("GET", list + "/nope", 404)
    try await ask("GET", job + "/result", 409)
    try await ask("DELETE", job, 409)
    try await ask("POST", job + "/pause?mode=x", 400)
    try await ask("POST", job + "/pause?mode=now", 200)
    try await ask("POST", job + "/resume", 200)
    try await ask("POST", job + "/pause", 202)
    try await ask("POST", job + "/resume", 409)
    try await ask("POST", job + "/cancel?mode=now", 409)
    for verb in ["cancel", "pause", "resume"] {
      try await ask("POST", "/v1/jobs/nope/\(verb)", 404)
    }
    try await server.put(job: "job_c")
    try await ask("POST", "/v1/jobs/job_c/cancel?mode=x", 400)
    try await ask("POST", "/v1/jobs/job_c/cancel", 202)
    try await server.put(job: "job_d")
    try await ask("POST", "/v1/jobs/job_d/cancel?mode=now", 200)
    try await ask("POST", "/v1/jobs/job_d/pause", 409)
    try await ask("DELETE", "/v1/jobs/job_d", 204)
    try await ask("DELETE", "/v1/jobs/job_d", 404)
  }

  private func trials() async throws {
    var broken = Toy.trial(3)
    broken.state = .diverged
    broken.failure = "the loss is NaN"
    broken.metrics = [:]
    var pending = Toy.trial(4)
    pending.state = .pending
    pending.fingerprint = nil
    pending.started = nil
    pending.finished = nil
    try await server.put(
      job: "job_t", state: .succeeded,
      trials: [Toy.trial(2, weights: weights), Toy.trial(1), broken, pending])
    let job = "/v1/jobs/job_t"
    try await ask("GET", job, 200)
    try await ask("GET", job + "/trials", 200)
    try await ask("GET", job + "/trials?page_size=-1", 400)
    try await ask("GET", "/v1/jobs/nope/trials", 404)
    for number in 1...4 { try await ask("GET", job + "/trials/\(number)", 200) }
    for name in ["5", "0", "01", "x", "99999999999999999999"] {
      try await ask("GET", job + "/trials/\(name)", 404)
    }
    let front = try await ask("GET", job + "/pareto", 200)
    #expect(front.json["cost"]?.stringValue == "macs")
    try await ask("GET", job + "/pareto?cost=parameters", 200)
    try await ask("GET", job + "/pareto?cost=accuracy", 400)
    try await ask("GET", "/v1/jobs/nope/pareto", 404)
    try await ask("GET", job + "/events", 200)
    let stream = [("Accept", "text/event-stream")]
    try await ask("GET", job + "/events", 200, headers: stream)
    try await ask("GET", job + "/events", 204, headers: stream + [("Last-Event-ID", "2")])
    try await ask("GET", job + "/events?after=x", 400)
    try await ask("GET", "/v1/jobs/nope/events", 404)
    try await ask("GET", "/v1/jobs/nope/result", 404)
    let id = Identifier.architecture(job: "job_t", fingerprint: Toy.fingerprint(0))
    let estimate = JobResult.Estimate(mean: 0.9, low: 0.8, high: 1, values: [0.85, 0.95])
    let finalists = [estimate, nil].map { test in
      JobResult.Finalist(
        architecture: id, fingerprint: Toy.fingerprint(0), code: "0|1", trial: 2, parameters: 130,
        macs: 128, searchAccuracy: 0.92, validationAccuracy: estimate, testAccuracy: test,
        weights: test == nil ? nil : weights)
    }
    await server.control.setResult(
      JobResult(
        job: "job_t", state: .succeeded, stopReason: .budgetTrials, isReproducible: true,
        digest: weights, numerics: Numerics(engineVersion: "1", isa: "avx2", threads: 1),
        finalPlan: FinalPlan(top: 1, seeds: 2, samplesSeen: 3, shrunkBecause: nil),
        finalists: finalists))
    try await ask("GET", job + "/result", 200)
  }

  private func trust() async throws {
    for path in ["supernets", "fidelity"] { try await ask("GET", "/v1/jobs/nope/\(path)", 404) }
    let made = try await ask(
      "POST", "/v1/jobs", 201,
      json: #"{"dataset": "digits", "strategy": "sharing", "fidelity": {"min_tau": 0.2}}"#)
    let id = made.json["id"]?.stringValue ?? ""
    let job = "/v1/jobs/\(id)"
    #expect(try await ask("GET", job + "/supernets", 200).json["data"] == [])
    let early = try await ask("GET", job + "/fidelity", 200)
    #expect(early.json["state"] == "not_reached" && early.json["report"] == .null)

    var row = try #require(await server.job(id))
    row.state = .succeeded
    row.phase = .finalTraining
    row.stopReason = .searchFinished
    row.version += 1
    row.numerics = Numerics(engineVersion: "1", isa: "avx2", threads: 1, supernetThreads: 2)
    row.finalPlan = FinalPlan(
      top: 1, seeds: 1, samplesSeen: 3, shrunkBecause: nil, finalists: [1],
      probes: Array(2...7), probesNote: "so many", controls: [8, 9], controlsNote: "few",
      fellBack: true)
    var supernet = SupernetRun(round: 1)
    supernet.state = .completed
    supernet.strengths = ["edge": [0.5, .nan]]
    supernet.curve = [Measurement(epoch: 1, metrics: ["train_loss": nil], seconds: 1)]
    supernet.warnings = ["skips win"]
    var trials: [Trial] = []
    var runs: [FinalRun] = []
    for number in 1...9 {
      var trial = Trial(
        number: number,
        candidate: Candidate(
          Genotype([number % 2, nil]), isRandom: number > 7, isProbe: (2...7).contains(number),
          scores: [MetricName.searchAccuracy: Double(number) / 10]),
        code: "x", fingerprint: Toy.fingerprint(number % 2))
      trial.state = .completed
      trial.metrics = trial.candidate.scores ?? [:]
      trials.append(trial)
      var run = FinalRun(
        stage: .selection, trial: number, repetition: number > 7 ? 1 : 0, fingerprint: "")
      run.state = .completed
      run.metrics = [MetricName.validationAccuracy: Double(number * 7 % 5) / 5]
      runs.append(run)
    }
    try await server.control.save(
      JobChange(job: row, trials: trials, finalRuns: runs, supernetRuns: [supernet]))
    try await ask("GET", job, 200)
    let list = try await ask("GET", job + "/trials", 200)
    #expect(list.json["data"]?.arrayValue?.first?["estimator"] == "shared_weights")
    #expect(list.json["data"]?.arrayValue?[1]["is_probe"] == true)
    let rounds = try await ask("GET", job + "/supernets", 200)
    #expect(rounds.json["data"]?.arrayValue?.count == 1)
    let fidelity = try await ask("GET", job + "/fidelity", 200)
    #expect(fidelity.json["state"] == "finished" && fidelity.json["reached"] == 6)
    #expect(fidelity.json["report"]?["pairs"]?.arrayValue?.count == 6)
    await server.control.setResult(
      JobResult(
        job: id, state: .succeeded, stopReason: .searchFinished, isReproducible: true,
        digest: nil, numerics: row.numerics, finalPlan: row.finalPlan, finalists: [],
        rank: RankVerdict(trial: 1, accuracy: 0.9, controls: [0.8, 0.95])))
    let result = try await ask("GET", job + "/result", 200)
    #expect(result.json["rank_verdict"]?["answer"] == "not_distinguishable")
  }

  private func architectures() async throws {
    let path =
      "/v1/architectures/"
      + Identifier.architecture(job: "job_t", fingerprint: Toy.fingerprint(0))
    try await ask("GET", path, 200)
    try await ask("GET", "/v1/architectures/nope", 404)
    for format in ["json", "dot", "safetensors"] {
      try await ask("GET", path + "/export?format=\(format)", 200)
    }
    try await ask("GET", path + "/export", 400)
    try await ask("GET", path + "/export?format=onnx", 406)
    try await ask("GET", "/v1/architectures/nope/export?format=json", 404)
    let other =
      "/v1/architectures/"
      + Identifier.architecture(job: "job_t", fingerprint: Toy.fingerprint(1))
    try await ask("GET", other + "/export?format=safetensors", 409)
  }

  /// What any route can answer is documented as `default`.
  private func anyRoute() async throws {
    try await ask("GET", "/v1/jobs", 403, headers: [("Origin", "http://evil.example")])
    try await ask("GET", "/v1/jobs", 403, headers: [("Host", "evil.example")])
    try await ask("GET", "/v1/jobs", 406, headers: [("Accept", "image/png")])
    try await ask("GET", "/v1/jobs", 501, headers: [("Transfer-Encoding", "gzip")])
    try await ask(
      "GET", "/v1/jobs", 431, headers: [("X-Long", String(repeating: "a", count: 20_000))])
  }
}
