import API
import APITestKit
import Domain
import Foundation
import Testing

/// `openapi.yaml` against the server that runs.
@Suite struct ContractTests {
  private let contract: Contract

  init() throws {
    contract = try Contract()
  }

  @Test func `the contract and the server have the same routes`() async throws {
    try await RunningServer.with { server in
      #expect(
        Set(contract.operations.map(\.name))
          == Set(server.server.routes.map { "\($0.method) \($0.template)" }))
    }
  }

  @Test func `bodies and path parameters are those of the routes`() async throws {
    try await RunningServer.with { server in
      for route in server.server.routes {
        let operation = try #require(
          contract.operations.first { $0.method == route.method && $0.path == route.template })
        let named = contract.parameters(operation, in: "path").compactMap {
          $0["name"]?.stringValue
        }
        let template = route.template.matches(of: /\{(\w+)\}/).map { String($0.1) }
        #expect(named == template, "\(operation.name)")
        let body = operation.node["requestBody"]
        let types = Set((body?["content"]?.objectValue ?? [:]).keys)
        let expected: Set<String> =
          switch route.body {
          case .none: []
          case .json, .optionalJSON: ["application/json"]
          case .upload: ["application/octet-stream"]
          }
        #expect(types == expected, "\(operation.name)")
        #expect(
          (body?["required"] == true) == (route.body == .json || route.body == .upload),
          "\(operation.name)")
      }
    }
  }

  @Test func `documented parameters are taken, others are refused`() async throws {
    try await RunningServer.with { server in
      try await server.put(job: "job_a", trials: [Toy.trial(1)])
      await server.control.setResult(
        JobResult(
          job: "job_a", state: .running, stopReason: nil, isReproducible: true, digest: nil,
          numerics: nil, finalPlan: nil, finalists: []))
      let id = Identifier.architecture(job: "job_a", fingerprint: Toy.fingerprint(1))
      for operation in contract.operations where operation.method == "GET" && operation.path != "/"
      {
        let path = filled(operation.path, architecture: id)
        let query = contract.parameters(operation, in: "query").filter {
          $0["name"] != "page_token"
        }.map { "\($0["name"]?.stringValue ?? "")=\(sample($0["schema"] ?? .null))" }
        let reply = try await server.send(
          "GET", path + (query.isEmpty ? "" : "?" + query.joined(separator: "&")))
        #expect(reply.status == 200, "\(operation.name) \(query): \(reply.body)")
        let strange = try await server.send("GET", path + "?surely_unknown=1")
        #expect(
          strange.status == 400 && strange.pointers.contains("/query/surely_unknown"),
          "\(operation.name): \(strange.status)")
      }
    }
  }

  @Test func `values that the schemas forbid are refused`() async throws {
    try await RunningServer.with { server in
      try await server.put(job: "job_a", trials: [Toy.trial(1)])
      let wrong = [
        "/v1/jobs?page_size=501", "/v1/jobs?page_size=x", "/v1/jobs?order_by=name",
        "/v1/jobs?created_after=monday", "/v1/jobs/job_a?wait=61", "/v1/jobs/job_a?wait=-1",
        "/v1/jobs/job_a/events?after=-1", "/v1/jobs/job_a/trials?state=won",
        "/v1/jobs/job_a/trials?order_by=-macs", "/v1/datasets?page_size=0",
      ]
      for path in wrong {
        let reply = try await server.send("GET", path)
        #expect(reply.status == 400 && reply.pointers.count == 1, "\(path): \(reply.body)")
      }
    }
  }

  @Test func `the examples of the contract are accepted`() async throws {
    let operation = try #require(contract.operation("POST", "/v1/jobs"))
    let media = operation.node["requestBody"]?["content"]?["application/json"]
    let examples = try #require(media?["examples"]?.objectValue)
    #expect(examples.count == 2)
    try await RunningServer.with { server in
      for (name, example) in examples.sorted(by: { $0.key < $1.key }) {
        var body = try #require(example["value"])
        #expect(SchemaChecker(contract: contract).faults(body, media?["schema"] ?? .null) == [])
        // The double's strategies have no parameter `sample`.
        if var object = body.objectValue, object["strategy"] != nil {
          object["strategy"] = "regularized-evolution"
          body = .object(object)
        }
        let reply = try await server.send("POST", "/v1/jobs", json: body.canonical)
        #expect(reply.status == 201, "\(name): \(reply.body)")
      }
    }
  }

  @Test func `every documented status is met, and every answer is as documented`() async throws {
    let ledger = Ledger(contract)
    let digest = String(repeating: "f", count: 64)
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("atelier-contract-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data("<!doctype html>".utf8).write(to: folder.appendingPathComponent("index.html"))
    try await RunningServer.with(
      publicFolder: folder.path, weights: [digest: Array("weights".utf8)]
    ) { server in
      try await Scenario(server: server, ledger: ledger, weights: digest).run()
    }
    try await RunningServer.with { server in
      try await ledger.check(server, "GET", "/", expecting: 404)
    }
    let missing = await ledger.missing
    #expect(missing == [], "documented, but never met")
  }

  private func filled(_ path: String, architecture: String) -> String {
    let ids = [
      "strategies": "random", "spaces": "mlp", "datasets": "digits", "jobs": "job_a",
      "architectures": architecture,
    ]
    let family = path.split(separator: "/").dropFirst().first.map(String.init) ?? ""
    return path.replacingOccurrences(of: "{id}", with: ids[family] ?? "")
      .replacingOccurrences(of: "{n}", with: "1")
      .replacingOccurrences(of: "{slug}", with: "validation")
  }

  /// A value that a schema allows.
  private func sample(_ schema: JSONValue) -> String {
    let schema = contract.resolved(schema)
    let value =
      schema["enum"]?.arrayValue?.first ?? schema["default"]
      ?? schema["examples"]?.arrayValue?.first
    if let value { return value.stringValue ?? value.canonical }
    if let items = schema["items"] { return sample(items) }
    if schema["format"] == "date-time" { return "2025-01-01T00:00:00Z" }
    return schema["minimum"]?.canonical ?? "x"
  }
}
