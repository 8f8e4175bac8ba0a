import APITestKit
import Domain
import Testing

/// Holds answers to the contract and notes which documented statuses were met.
actor Ledger {
  private let contract: Contract
  private var met: Set<String> = []

  init(_ contract: Contract) {
    self.contract = contract
  }

  /// Documented statuses that no request has met.
  var missing: [String] {
    contract.operations.flatMap { operation in
      operation.statuses.map { "\(operation.name) \($0)" }
    }.filter { !met.contains($0) }
  }

  /// Sends a request and holds its answer to the contract.
  @discardableResult
  func check(
    _ server: RunningServer, _ method: String, _ path: String, expecting status: Int,
    json: String? = nil, body: String? = nil, headers: [(String, String)] = []
  ) async throws -> Reply {
    let type = json == nil ? [] : [("Content-Type", "application/json")]
    let reply = try await server.send(method, path, headers: headers + type, body: json ?? body)
    #expect(reply.status == status, "\(method) \(path): \(reply.body.prefix(500))")
    let operation = try #require(contract.operation(method, path), "\(method) \(path)")
    met.insert("\(operation.name) \(reply.status)")
    let documented = try #require(contract.response(operation, reply.status))
    for name in (documented["headers"]?.objectValue ?? [:]).keys
    where name != "Idempotency-Replayed" {
      #expect(reply.headers[name.lowercased()] != nil, "\(method) \(path) lacks \(name)")
    }
    let content = documented["content"]?.objectValue ?? [:]
    let type0 = String((reply.headers["content-type"] ?? "").prefix { $0 != ";" })
    if content.isEmpty {
      #expect(reply.body.isEmpty, "\(method) \(path) \(reply.status)")
    } else {
      let media = try #require(content[type0], "\(method) \(path) answers '\(type0)'")
      if type0.hasSuffix("json"), let schema = media["schema"] {
        let faults = SchemaChecker(contract: contract).faults(reply.json, schema)
        #expect(faults == [], "\(method) \(path) \(reply.status)")
      }
    }
    return reply
  }
}
