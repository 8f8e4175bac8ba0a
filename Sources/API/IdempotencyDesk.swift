internal import Domain
internal import Foundation
internal import HTTPTypes
internal import Synchronization

/// Makes sure that a POST with an `Idempotency-Key` creates once and is answered alike ever after.
final class IdempotencyDesk: Sendable {
  private let jobs: any JobStore
  private let clock: @Sendable () -> Date
  private let inFlight = Mutex<Set<String>>([])

  init(jobs: any JobStore, clock: @escaping @Sendable () -> Date) {
    self.jobs = jobs
    self.clock = clock
  }

  /// What a creation makes: where it is, and its wire form.
  struct Creation: Sendable {
    let location: String
    let body: String
    /// Stores it, with the reply to keep in the same transaction.
    let store: @Sendable (IdempotentReply?) async throws -> Void
  }

  /// Answers a creating request: by the kept reply of its key, else by creating.
  func answer(
    _ request: Request, create: @Sendable () async throws -> Creation
  ) async throws -> Response {
    guard let key = request.headers[.idempotencyKey] else {
      let creation = try await create()
      try await creation.store(nil)
      return response(201, creation.location, creation.body)
    }
    let isUsable =
      (1...200).contains(key.utf8.count) && key.utf8.allSatisfy { (33...126).contains($0) }
    guard isUsable else {
      throw ServiceError(
        .invalidRequest, "a header is wrong",
        faults: [
          Fault("/header/Idempotency-Key", "must be 1 to 200 visible ASCII characters")
        ])
    }
    guard inFlight.withLock({ $0.insert(key).inserted }) else {
      throw ServiceError(
        .idempotencyInFlight, "a request with the key '\(key)' is still being answered")
    }
    defer { inFlight.withLock { _ = $0.remove(key) } }
    let digest = self.digest(of: request)
    if let kept = try await jobs.reply(for: key) {
      guard kept.requestDigest == digest else {
        throw ServiceError(
          .idempotencyMismatch, "the key '\(key)' was used before with another request")
      }
      var response = response(kept.status, kept.location, kept.body)
      response.headers[.idempotencyReplayed] = "true"
      return response
    }
    let creation = try await create()
    try await creation.store(
      IdempotentReply(
        key: key, requestDigest: digest, status: 201, location: creation.location,
        body: creation.body, created: clock()))
    return response(201, creation.location, creation.body)
  }

  private func response(_ status: Int, _ location: String?, _ body: String) -> Response {
    var response = Response(status, type: "application/json", bytes: Array(body.utf8))
    response.headers[.location] = location
    return response
  }

  private func digest(of request: Request) -> String {
    var bytes = Array("\(request.method) \(request.path)\n".utf8)
    if case .bytes(let body) = request.body { bytes += body }
    return Digest.sha256(bytes)
  }
}
