import API
import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import Testing

/// The guard behind the real HTTP codec, in a channel whose clock the test moves.
@Suite struct ConnectionGuardTests {
  /// What reaches the framework behind the guard.
  private final class Recorder: ChannelInboundHandler {
    typealias InboundIn = HTTPRequestPart
    var heads: [String] = []
    var bodyBytes = 0
    var ends = 0
    var errors: [any Error] = []

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head): heads.append(head.path ?? "")
      case .body(let piece): bodyBytes += piece.readableBytes
      case .end: ends += 1
      }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      errors.append(error)
    }
  }

  private final class Line {
    let channel = EmbeddedChannel()
    let recorder = Recorder()
    let connections = OpenConnections()

    init() throws {
      let limits = ConnectionLimits()
      let rules = ConnectionGuard.Rules(
        connections: connections, bodyLimit: { _, path in path == "/big" ? 1000 : 10 },
        refusal: { problem, _, path, givenID in
          let body = Array(problem.rawValue.utf8)
          return Response(
            problem.status,
            headers: [
              .contentLength: "\(body.count)", .location: path, .eTag: givenID ?? "none",
            ], body: .bytes(body))
        })
      var decoder = NIOHTTPDecoderLimitConfiguration()
      decoder.maxHeaderFieldSize = limits.headerFieldBytes
      decoder.maxHeaderListSize = limits.headerBytes
      decoder.maxHeaderFieldCount = limits.headerFields
      let pipeline = channel.pipeline.syncOperations
      try pipeline.configureHTTPServerPipeline(
        withPipeliningAssistance: false, withErrorHandling: false,
        withOutboundHeaderValidation: false, withEncoderConfiguration: .init(),
        withDecoderLimitConfiguration: decoder)
      try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
      try pipeline.addHandler(ConnectionGuard(rules))
      try pipeline.addHandler(recorder)
      try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
      channel.read()
    }

    deinit { _ = try? channel.finish(acceptAlreadyClosed: true) }

    func hear(_ text: String) throws {
      try channel.writeInbound(ByteBuffer(string: text))
      channel.read()
    }

    func answer(_ status: Int = 200, type: String = "text/plain", body: String = "ok") throws {
      let fields: HTTPFields = [.contentType: type, .contentLength: "\(body.utf8.count)"]
      channel.write(
        HTTPResponsePart.head(.init(status: .init(code: status), headerFields: fields)),
        promise: nil)
      channel.write(HTTPResponsePart.body(ByteBuffer(string: body)), promise: nil)
      channel.writeAndFlush(HTTPResponsePart.end(nil), promise: nil)
    }

    /// What was sent since the last call.
    func said() throws -> String {
      var text = ""
      while let piece = try channel.readOutbound(as: ByteBuffer.self) {
        text += String(buffer: piece)
      }
      return text
    }

    func pass(_ time: TimeAmount) { channel.embeddedEventLoop.advanceTime(by: time) }
    var isOpen: Bool { channel.isActive }
  }

  private func post(_ path: String = "/x", _ fields: String = "", body: String = "") -> String {
    "POST \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\(body)"
  }

  private let get = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n"

  @Test func `a plain request passes and its answer goes out`() throws {
    let line = try Line()
    try line.hear(get)
    #expect(line.recorder.heads == ["/x"])
    try line.answer()
    let text = try line.said()
    #expect(text.hasPrefix("HTTP/1.1 200 OK") && text.hasSuffix("\r\n\r\nok"))
    #expect(!text.lowercased().contains("connection: close"))
    #expect(line.isOpen)
  }

  @Test(arguments: ["GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"])
  func `Host must be there exactly once`(request: String) throws {
    let line = try Line()
    try line.hear(request)
    #expect(try line.said().hasPrefix("HTTP/1.1 400"))
    #expect(line.recorder.heads.isEmpty)
  }

  @Test func `a transfer coding other than chunked is not implemented`() throws {
    let line = try Line()
    try line.hear(post("/x", "Transfer-Encoding: gzip, chunked\r\n"))
    #expect(try line.said().hasPrefix("HTTP/1.1 501"))
    #expect(line.recorder.heads.isEmpty)
  }

  @Test func `a body too long by its announced length is refused before 100 Continue`() throws {
    let line = try Line()
    try line.hear(post("/x", "Content-Length: 11\r\nExpect: 100-continue\r\n"))
    let text = try line.said()
    #expect(text.hasPrefix("HTTP/1.1 413") && text.hasSuffix("too-large"))
    #expect(text.lowercased().contains("connection: close"))
    #expect(line.recorder.heads.isEmpty)
    line.pass(.seconds(2))
    #expect(!line.isOpen)
  }

  @Test func `a refusal is told the path and the id that the request gives`() throws {
    let line = try Line()
    try line.hear(post("/x", "X-Request-Id: mine\r\nContent-Length: 11\r\n"))
    let text = try line.said().lowercased()
    #expect(text.contains("location: /x\r\n") && text.contains("etag: mine\r\n"))
    let other = try Line()
    try other.hear("no http\r\n\r\n")
    let second = try other.said().lowercased()
    #expect(second.contains("location: /\r\n") && second.contains("etag: none\r\n"))
  }

  @Test func `the limit depends on the path`() throws {
    let line = try Line()
    try line.hear(post("/big", "Content-Length: 11\r\n", body: "12345678901"))
    #expect(line.recorder.bodyBytes == 11)
    #expect(line.recorder.ends == 1)
  }

  @Test func `a chunked body is cut at the limit`() throws {
    let line = try Line()
    try line.hear(post("/x", "Transfer-Encoding: chunked\r\n", body: "8\r\n12345678\r\n"))
    #expect(try line.said().isEmpty)
    try line.hear("8\r\n12345678\r\n")
    #expect(try line.said().hasPrefix("HTTP/1.1 413"))
    #expect(line.recorder.bodyBytes == 8)
  }

  @Test func `100 Continue is sent when the body is wanted, once`() throws {
    let line = try Line()
    try line.hear(post("/x", "Content-Length: 3\r\nExpect: 100-continue\r\n"))
    #expect(try line.said().isEmpty)
    line.channel.pipeline.triggerUserOutboundEvent(ContinueWanted(), promise: nil)
    line.channel.pipeline.triggerUserOutboundEvent(ContinueWanted(), promise: nil)
    #expect(try line.said() == "HTTP/1.1 100 Continue\r\n\r\n")
    try line.hear("abc")
    try line.answer()
    #expect(try line.said().hasPrefix("HTTP/1.1 200"))
    #expect(line.isOpen)
  }

  @Test func `nobody who did not ask is told to continue`() throws {
    let line = try Line()
    try line.hear(post("/x", "Content-Length: 3\r\n"))
    line.channel.pipeline.triggerUserOutboundEvent(ContinueWanted(), promise: nil)
    #expect(try line.said().isEmpty)
  }

  @Test func `an answer given before the body has come ends the connection`() throws {
    let line = try Line()
    try line.hear(post("/x", "Content-Length: 3\r\nExpect: 100-continue\r\n"))
    try line.answer(404)
    #expect(try line.said().lowercased().contains("connection: close"))
    line.pass(.seconds(2))
    #expect(!line.isOpen)
  }

  @Test func `a quiet connection is closed, a working one is not`() throws {
    let line = try Line()
    line.pass(.seconds(9))
    try line.hear(get)
    line.pass(.minutes(5))
    #expect(line.isOpen)
    try line.answer()
    line.pass(.seconds(9))
    #expect(line.isOpen)
    line.pass(.seconds(2))
    #expect(!line.isOpen)
    #expect(try line.said().hasPrefix("HTTP/1.1 200"))
  }

  @Test func `a head that drips is refused in time`() throws {
    let line = try Line()
    line.pass(.seconds(5))
    try line.hear("GET / HTTP/1.1\r\n")
    for _ in 0..<9 {
      line.pass(.seconds(1))
      try line.hear("X")
      #expect(try line.said().isEmpty)
    }
    line.pass(.seconds(2))
    #expect(try line.said().hasPrefix("HTTP/1.1 408"))
    line.pass(.seconds(2))
    #expect(!line.isOpen)
  }

  @Test func `a body may take its time but not stop`() throws {
    let line = try Line()
    try line.hear(post("/big", "Content-Length: 100\r\n"))
    for _ in 0..<10 {
      line.pass(.seconds(29))
      try line.hear("x")
    }
    #expect(try line.said().isEmpty)
    line.pass(.seconds(31))
    #expect(try line.said().hasPrefix("HTTP/1.1 408"))
  }

  @Test func `a client is not late while the server does not read`() throws {
    let line = try Line()
    try line.channel.writeInbound(
      ByteBuffer(string: post("/big", "Content-Length: 100\r\n", body: "x")))
    line.pass(.minutes(5))
    #expect(try line.said().isEmpty)
    line.channel.read()
    line.pass(.seconds(31))
    #expect(try line.said().hasPrefix("HTTP/1.1 408"))
  }

  @Test func `a client that takes nothing is cut`() throws {
    let line = try Line()
    try line.hear(get)
    line.channel.isWritable = false
    line.channel.pipeline.fireChannelWritabilityChanged()
    line.pass(.seconds(29))
    line.channel.isWritable = true
    line.channel.pipeline.fireChannelWritabilityChanged()
    line.pass(.minutes(2))
    #expect(line.isOpen)
    line.channel.isWritable = false
    line.channel.pipeline.fireChannelWritabilityChanged()
    line.pass(.seconds(31))
    #expect(!line.isOpen)
  }

  @Test(arguments: ["close", "Close", "keep-alive, close", "upgrade, close"])
  func `Connection: close is kept, however it is spelled`(value: String) throws {
    let line = try Line()
    try line.hear("GET /x HTTP/1.1\r\nHost: a\r\nConnection: \(value)\r\n\r\n")
    try line.answer()
    #expect(try line.said().lowercased().contains("connection: close"))
    #expect(!line.isOpen)
  }

  @Test func `a refusal waits for the answers before it`() throws {
    let line = try Line()
    try line.hear(get + "GET / HTTP/1.1\r\n\r\n")
    #expect(try line.said().isEmpty)
    try line.answer()
    let text = try line.said()
    #expect(text.hasPrefix("HTTP/1.1 200"))
    #expect(text.contains("HTTP/1.1 400"))
    #expect(line.recorder.heads == ["/x"])
  }

  @Test func `what is not HTTP is refused after the answers before it`() throws {
    let line = try Line()
    try line.hear(get + "no http\r\n\r\n")
    #expect(try line.said().isEmpty)
    try line.answer()
    #expect(try line.said().contains("HTTP/1.1 400"))
    line.pass(.seconds(2))
    #expect(!line.isOpen)
  }

  @Test func `nothing is sent after a refusal`() throws {
    let line = try Line()
    try line.hear(post("/x", "Transfer-Encoding: chunked\r\n", body: "b\r\n12345678901\r\n"))
    #expect(try line.said().hasPrefix("HTTP/1.1 413"))
    try line.answer()
    #expect(try line.said().isEmpty)
  }

  @Test func `too large a head is refused`() throws {
    for head in [
      "X: " + String(repeating: "a", count: 17_000) + "\r\n",
      (0..<3).map { "X\($0): " + String(repeating: "a", count: 12_000) + "\r\n" }.joined(),
      (0..<101).map { "X\($0): a\r\n" }.joined(),
    ] {
      let line = try Line()
      try line.hear("GET / HTTP/1.1\r\nHost: a\r\n\(head)\r\n")
      #expect(try line.said().hasPrefix("HTTP/1.1 431"))
      #expect(line.recorder.heads.isEmpty)
    }
  }

  @Test func `a body cut short is an error, not an end`() throws {
    let line = try Line()
    try line.hear(post("/x", "Content-Length: 5\r\n", body: "ab"))
    line.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    #expect(line.recorder.errors.contains { $0 is RequestCutShort })
    #expect(line.recorder.ends == 0)
  }

  @Test func `a live stream ends when its reader closes, a plain answer may still be made`() throws
  {
    let line = try Line()
    try line.hear(get)
    let head = HTTPResponse(status: .ok, headerFields: [.contentType: "text/event-stream"])
    line.channel.writeAndFlush(HTTPResponsePart.head(head), promise: nil)
    line.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    #expect(!line.isOpen)

    let other = try Line()
    try other.hear(get)
    other.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    #expect(other.isOpen)
    try other.answer()
    #expect(try other.said().hasPrefix("HTTP/1.1 200"))
  }

  @Test func `a stopping server tells its clients that the connection ends`() throws {
    let line = try Line()
    try line.hear(get)
    line.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    try line.answer()
    #expect(try line.said().lowercased().contains("connection: close"))
  }

  @Test func `connections are counted while they live`() throws {
    let line = try Line()
    #expect(line.connections.count == 1)
    try line.channel.close().wait()
    #expect(line.connections.count == 0)
  }
}
