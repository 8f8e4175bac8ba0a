package import Domain
internal import Foundation
internal import NIOCore
internal import NIOPosix

/// A client that says exactly the bytes it is told to.
package struct RawClient: Sendable {
  private let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

  /// Connects to a port of loopback.
  package static func connect(_ port: Int) async throws -> RawClient {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    return RawClient(channel: channel)
  }

  /// Sends `text`, then hands all that comes back, so far, to `done` until it answers true or the
  /// server closes; returns what came.
  package func talk(
    _ text: String, until done: @escaping @Sendable (String) -> Bool = { _ in false }
  ) async throws -> String {
    try await talk(Array(text.utf8), until: done)
  }

  /// The same with bytes.
  package func talk(
    _ bytes: [UInt8], until done: @escaping @Sendable (String) -> Bool = { _ in false }
  ) async throws -> String {
    try await channel.executeThenClose { inbound, outbound in
      try await outbound.write(ByteBuffer(bytes: bytes))
      var text = ""
      do {
        for try await piece in inbound {
          text += String(buffer: piece)
          if done(text) { break }
        }
      } catch is IOError {
        return text
      }
      return text
    }
  }

  /// Closes without a word.
  package func drop() async {
    try? await channel.channel.close()
  }

  /// One request and its reply; the connection ends with it.
  package func exchange(
    _ method: String, _ path: String, headers: [(String, String)] = [], body: String? = nil
  ) async throws -> Reply {
    var head = "\(method) \(path) HTTP/1.1\r\n"
    if !headers.contains(where: { $0.0.lowercased() == "host" }) { head += "Host: localhost\r\n" }
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    if let body { head += "Content-Length: \(body.utf8.count)\r\n" }
    let text = try await talk(head + "Connection: close\r\n\r\n" + (body ?? ""))
    return try Reply(text)
  }
}

/// One reply, read from its bytes.
package struct Reply: Sendable {
  package let status: Int
  /// Lower-case names.
  package let headers: [String: String]
  package let body: String

  /// - Throws: `ServiceError` when the bytes are not an HTTP reply.
  package init(_ text: String) throws {
    let parts = text.components(separatedBy: "\r\n\r\n")
    let lines = (parts.first ?? "").components(separatedBy: "\r\n")
    let words = (lines.first ?? "").split(separator: " ")
    guard parts.count > 1, words.count > 1, let status = Int(words[1]) else {
      throw ServiceError(.internal, "no reply: '\(text)'")
    }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      headers[line[..<colon].lowercased()] =
        line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
    self.status = status
    self.headers = headers
    let rest = parts.dropFirst().joined(separator: "\r\n\r\n")
    body = headers["transfer-encoding"] == "chunked" ? Reply.joined(rest) : rest
  }

  /// The body as JSON.
  package var json: JSONValue {
    (try? JSONDecoder().decode(JSONValue.self, from: Data(body.utf8))) ?? .null
  }

  /// The slug of a problem's type.
  package var problem: String? {
    guard headers["content-type"] == "application/problem+json" else { return nil }
    return json["type"]?.stringValue.map { String($0.dropFirst("/problems/".count)) }
  }

  /// Pointers of a problem's errors.
  package var pointers: [String] {
    json["errors"]?.arrayValue?.compactMap { $0["pointer"]?.stringValue } ?? []
  }

  private static func joined(_ chunked: String) -> String {
    var result: [UInt8] = []
    var rest = Array(chunked.utf8)[...]
    while let end = rest.firstIndex(of: 13),
      let size = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16), size > 0
    {
      let start = end + 2
      guard start + size <= rest.endIndex else { break }
      result += rest[start..<(start + size)]
      rest = rest[(start + size)...].dropFirst(2)
    }
    return String(decoding: result, as: UTF8.self)
  }
}
