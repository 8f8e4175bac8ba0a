internal import Domain
internal import Foundation
internal import HTTPTypes
internal import HummingbirdCore
internal import Logging
internal import NIOCore

/// Where the framework ends: its requests become ours, our responses become its.
struct Edge: Sendable {
  let responder: Responder
  let dependencies: Dependencies
  let metrics: RequestMetrics
  let connections: OpenConnections
  let blocking: BlockingWork
  let date = HTTPDate()

  /// Answers one request of a connection.
  ///
  /// - Throws: When the connection is of no more use.
  func respond(
    to incoming: HummingbirdCore.Request, _ writer: consuming ResponseWriter,
    _ channel: any Channel
  ) async throws {
    let began = ContinuousClock.now
    let request = translate(incoming, channel)
    let hasBody =
      incoming.headers[.transferEncoding] != nil
      || (incoming.headers[.contentLength] ?? "0") != "0"
    var (response, route) = try await responder.answer(
      request, authority: incoming.head.authority ?? "", hasBody: hasBody
    ) { route in
      try await body(of: incoming, route, channel)
    }
    response.headers[.date] = date.text(dependencies.clock())
    let head = HTTPResponse(status: .init(code: response.status), headerFields: response.headers)
    do {
      switch response.body {
      case .none: try await writer.writeResponse(head)
      case .bytes(let bytes):
        let buffer = channel.allocator.buffer(bytes: bytes)
        try await writer.write(response: head, body: ResponseBody(byteBuffer: buffer))
      case .stream(let produce):
        let body = ResponseBody { writer in
          try await produce(BodyStream(writer))
          try await writer.finish(nil)
        }
        try await writer.write(response: head, body: body)
      }
    } catch {
      note(request, response.status, route, began, channel, isCut: true)
      throw error
    }
    note(request, response.status, route, began, channel, isCut: false)
  }

  /// The answer to what a connection's guard refuses, which no route sees.
  func refusal(
    _ problem: Problem, _ detail: String, path: String, givenID: String?
  ) -> Response {
    let id = requestID(givenID)
    metrics.note(method: "none", route: "refused", status: problem.status, seconds: 0)
    dependencies.log.info(
      "refused \(path) \(problem.status)", metadata: ["request": "\(id)", "why": "\(detail)"])
    var response = problem.response(detail, instance: path, requestID: id)
    Responder.finish(&response, requestID: id)
    response.headers[.date] = date.text(dependencies.clock())
    return response
  }

  private func translate(_ incoming: HummingbirdCore.Request, _ channel: any Channel) -> Request {
    let target = incoming.head.path ?? "/"
    var path = target
    var query: String?
    if let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) {
      path = String(target[..<mark])
      query = String(target[target.utf8.index(after: mark)...])
    }
    return Request(
      method: incoming.method.rawValue, path: path, query: Query(query),
      headers: incoming.headers, id: requestID(incoming.headers[.requestID]),
      gone: { [connections] in connections.gone(channel) })
  }

  /// The id that the client gives, if it is a plain one, else a fresh one.
  private func requestID(_ given: String?) -> String {
    if let given, (1...64).contains(given.utf8.count),
      given.utf8.allSatisfy({ byte in
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
          || byte == 45 || byte == 95
      })
    {
      return given
    }
    return dependencies.identifiers.make("req")
  }

  private func body(
    of incoming: HummingbirdCore.Request, _ route: Route, _ channel: any Channel
  ) async throws -> Request.Body {
    if route.body == .upload {
      return .stream(
        UploadStream(body: incoming.body, channel: channel, blocking: blocking))
    }
    channel.triggerUserOutboundEvent(ContinueWanted(), promise: nil)
    do {
      // The guard has refused what is longer.
      let buffer = try await incoming.body.collect(upTo: route.bodyLimit)
      return .bytes(Array(buffer.readableBytesView))
    } catch {
      throw BodyLost(error)
    }
  }

  private func note(
    _ request: Request, _ status: Int, _ route: String, _ began: ContinuousClock.Instant,
    _ channel: any Channel, isCut: Bool
  ) {
    let spent = (ContinuousClock.now - began) / Duration.seconds(1)
    metrics.note(method: request.method, route: route, status: status, seconds: spent)
    guard dependencies.log.logLevel <= .info else { return }
    let milliseconds = (spent * 100_000).rounded() / 100
    dependencies.log.info(
      "\(request.method) \(request.path) \(status) in \(milliseconds) ms\(isCut ? ", cut" : "")",
      metadata: [
        "request": .string(request.id),
        "client": .string(channel.remoteAddress?.ipAddress ?? "-"),
      ])
  }
}

/// An upload's pieces, each handed over on a thread that may block.
private struct UploadStream: RequestStream {
  let body: RequestBody
  let channel: any Channel
  let blocking: BlockingWork

  func forEach(
    _ take: @escaping @Sendable (UnsafeRawBufferPointer) throws -> Void
  ) async throws {
    channel.triggerUserOutboundEvent(ContinueWanted(), promise: nil)
    var pieces = body.makeAsyncIterator()
    while true {
      let piece: ByteBuffer?
      do {
        piece = try await pieces.next()
      } catch {
        throw BodyLost(error)
      }
      guard let piece else { return }
      try await blocking.run { try piece.withUnsafeReadableBytes { try take($0) } }
    }
  }
}

/// Writes a streamed answer's pieces as they come.
private final class BodyStream: ResponseStream {
  private var writer: any ResponseBodyWriter

  init(_ writer: any ResponseBodyWriter) {
    self.writer = writer
  }

  func write(_ text: String) async throws {
    try await writer.write(ByteBuffer(string: text))
  }
}
