internal import HTTPTypes
package import NIOCore
internal import NIOHTTP1
package import NIOHTTPTypes
internal import NIOHTTPTypesHTTP1

/// Stands between the HTTP codec and the framework's own handler, and holds a connection to limits:
/// deadlines, body size, `Host`, transfer codings, closing, and refusals in the order of requests.
package final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
  package typealias InboundIn = HTTPRequestPart
  package typealias InboundOut = HTTPRequestPart
  package typealias OutboundIn = HTTPResponsePart
  package typealias OutboundOut = HTTPResponsePart

  private struct Refusal {
    let problem: Problem
    let detail: String
    /// True when the refused request was counted in `asked`.
    let isCounted: Bool
  }

  private let rules: Rules
  private var limits: ConnectionLimits { rules.limits }
  private var state = ConnectionState()
  private var refusal: Refusal?
  private var isRefusalSent = false
  private var path = ""
  private var givenID: String?
  private var bodyLimit = 0
  private var received = 0
  private var wantsContinue = false
  private var check: (task: Scheduled<Void>, at: NIODeadline)?

  package init(_ rules: Rules) {
    self.rules = rules
  }

  // MARK: The life of a connection

  package func handlerAdded(context: ChannelHandlerContext) {
    rules.connections.add(context.channel)
    state.quietSince = context.eventLoop.now
    do {
      try context.pipeline.syncOperations.addHandler(ByteWatch(self), position: .first)
    } catch {
      context.close(promise: nil)
    }
    arm(context)
  }

  package func handlerRemoved(context: ChannelHandlerContext) {
    check?.task.cancel()
    check = nil
    rules.connections.remove(context.channel)
  }

  package func channelInactive(context: ChannelHandlerContext) {
    check?.task.cancel()
    check = nil
    if state.reading == .body { context.fireErrorCaught(RequestCutShort()) }
    rules.connections.remove(context.channel)
    context.fireChannelInactive()
  }

  package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is ChannelShouldQuiesceEvent { state.isQuiescing = true }
    if case .some(ChannelEvent.inputClosed) = event as? ChannelEvent {
      if state.reading == .body { context.fireErrorCaught(RequestCutShort()) }
      // Nobody half-closes a live stream: its reader is gone.
      if !state.isAnswering || state.isStreaming { return context.close(promise: nil) }
      state.halfClosedSince = context.eventLoop.now
      arm(context)
    }
    context.fireUserInboundEventTriggered(event)
  }

  package func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch error {
    case HTTPParserError.headerOverflow:
      refuse(
        context, .headerTooLarge,
        "at most \(limits.headerFields) header fields, \(limits.headerFieldBytes) bytes each and "
          + "\(limits.headerBytes) in all, are read")
    case is HTTPParserError, is HTTP1TypeConversionError:
      refuse(context, .invalidRequest, "this is not HTTP/1.1: \(error)")
    default: context.fireErrorCaught(error)
    }
  }

  // MARK: Requests

  /// Bytes came that the decoder has not looked at yet.
  func bytesArrived() {
    state.hasNewBytes = true
  }

  package func read(context: ChannelHandlerContext) {
    if !state.isWaitingForBytes {
      state.isWaitingForBytes = true
      state.lastByte = context.eventLoop.now
      arm(context)
    }
    context.read()
  }

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    state.hasNewBytes = false
    state.lastByte = context.eventLoop.now
    if refusal != nil { return }
    switch unwrapInboundIn(data) {
    case .head(let head):
      state.asked += 1
      state.reading = .body
      received = 0
      if let refusal = judge(head) {
        return refuse(context, refusal.0, refusal.1, isCounted: true)
      }
    case .body(let piece):
      received += piece.readableBytes
      if received > bodyLimit { return refuse(context, .tooLarge, tooLarge, isCounted: true) }
    case .end:
      state.reading = .nothing
      wantsContinue = false
    }
    context.fireChannelRead(data)
  }

  package func channelReadComplete(context: ChannelHandlerContext) {
    state.isWaitingForBytes = false
    if state.hasNewBytes, state.reading == .nothing {
      state.reading = .head
      state.headSince = context.eventLoop.now
    }
    state.hasNewBytes = false
    arm(context)
    context.fireChannelReadComplete()
  }

  /// Why a request is refused at its head, or nil; notes what the rest of it may be.
  private func judge(_ head: HTTPRequest) -> (Problem, String)? {
    let fields = head.headerFields
    path = String(Substring((head.path ?? "/").utf8.prefix { $0 != UInt8(ascii: "?") }))
    givenID = fields[.requestID]
    wantsContinue = fields[.expect]?.lowercased() == "100-continue"
    if ConnectionState.closes(fields[.connection]) || head.method == .connect
      || fields[.upgrade] != nil
    {
      state.closeAfter = min(state.closeAfter, state.asked)
    }
    guard head.authority?.isEmpty == false, fields[.host] == nil else {
      return (.invalidRequest, "the header Host must be there exactly once")
    }
    if let coding = fields[.transferEncoding], coding.lowercased() != "chunked" {
      return (.notImplemented, "the only transfer coding that is read is chunked, not '\(coding)'")
    }
    let length = fields[.contentLength].flatMap(Int.init) ?? 0
    guard length > 0 || fields[.transferEncoding] != nil else { return nil }
    bodyLimit = rules.bodyLimit(head.method.rawValue, path)
    return length > bodyLimit ? (.tooLarge, tooLarge) : nil
  }

  private var tooLarge: String { "\(path) takes at most \(bodyLimit) bytes" }

  package func triggerUserOutboundEvent(
    context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
  ) {
    guard event is ContinueWanted else {
      return context.triggerUserOutboundEvent(event, promise: promise)
    }
    promise?.succeed()
    guard wantsContinue, refusal == nil, !state.isHeadWritten else { return }
    wantsContinue = false
    context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
  }

  // MARK: Answers

  package func write(
    context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
  ) {
    if isRefusalSent {
      promise?.fail(ChannelError.ioOnClosedChannel)
      return
    }
    switch unwrapOutboundIn(data) {
    case .head(var head):
      guard head.status.kind != .informational else {
        return context.write(data, promise: promise)
      }
      state.begin(isStream: head.headerFields[.contentType]?.hasPrefix("text/event-stream") == true)
      if state.closesNext { head.headerFields[.connection] = "close" }
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .body: context.write(data, promise: promise)
    case .end:
      let closes = state.finish(at: context.eventLoop.now)
      if closes {
        context.writeAndFlush(data, promise: promise)
        leave(context)
      } else {
        context.write(data, promise: promise)
      }
      if let refusal, isDue(refusal) { send(refusal, context) }
      arm(context)
    }
  }

  package func channelWritabilityChanged(context: ChannelHandlerContext) {
    state.stalledSince = context.channel.isWritable ? nil : context.eventLoop.now
    arm(context)
    context.fireChannelWritabilityChanged()
  }

  // MARK: Refusals

  private func refuse(
    _ context: ChannelHandlerContext, _ problem: Problem, _ detail: String, isCounted: Bool = false
  ) {
    guard refusal == nil else { return }
    let refusal = Refusal(problem: problem, detail: detail, isCounted: isCounted)
    self.refusal = refusal
    // The answers to earlier requests of the connection go out first.
    if isDue(refusal) { send(refusal, context) }
  }

  private func isDue(_ refusal: Refusal) -> Bool {
    !isRefusalSent && state.asked - state.answered <= (refusal.isCounted ? 1 : 0)
  }

  private func send(_ refusal: Refusal, _ context: ChannelHandlerContext) {
    isRefusalSent = true
    // An answer that has begun cannot become a refusal.
    if state.isHeadWritten { return context.close(promise: nil) }
    let answer = rules.refusal(
      refusal.problem, refusal.detail, refusal.isCounted ? path : "/",
      refusal.isCounted ? givenID : nil)
    var head = HTTPResponse(status: .init(code: answer.status), headerFields: answer.headers)
    head.headerFields[.connection] = "close"
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if case .bytes(let bytes) = answer.body {
      let buffer = context.channel.allocator.buffer(bytes: bytes)
      context.write(wrapOutboundOut(.body(buffer)), promise: nil)
    }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    leave(context)
  }

  /// Closes so that the peer can still read what was sent: its unread bytes would reset the connection.
  private func leave(_ context: ChannelHandlerContext) {
    check?.task.cancel()
    check = nil
    state.isLeaving = true
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    guard state.reading != .nothing || isRefusalSent else {
      context.close(promise: nil)
      return
    }
    context.close(mode: .output, promise: nil)
    context.eventLoop.assumeIsolated().scheduleTask(in: limits.linger) {
      bound.value.close(promise: nil)
    }
  }

  // MARK: Deadlines

  /// Makes sure that the next deadline is looked at in time; a later one is found when it is.
  private func arm(_ context: ChannelHandlerContext) {
    guard !state.isLeaving, let deadline = state.deadline(limits)?.at else { return }
    if let check {
      if check.at <= deadline { return }
      check.task.cancel()
    }
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
      let (handler, context) = bound.value
      handler.check = nil
      handler.look(context)
    }
    check = (task, deadline)
  }

  private func look(_ context: ChannelHandlerContext) {
    guard !state.isLeaving, let next = state.deadline(limits) else { return }
    guard next.at <= context.eventLoop.now else { return arm(context) }
    switch next.consequence {
    case .close: context.close(promise: nil)
    case .refuseHead: refuse(context, .requestTimeout, "the request's head did not come in time")
    case .refuseBody:
      refuse(context, .requestTimeout, "the request's body stopped coming", isCounted: true)
    }
  }
}
