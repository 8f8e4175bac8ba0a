internal import NIOCore

/// Where a connection stands, as far as deadlines and closing ask: a plain value.
struct ConnectionState {
  /// What of a request is being read.
  enum Reading {
    case nothing, head, body
  }

  /// What a missed deadline brings.
  enum Consequence {
    case close, refuseHead, refuseBody
  }

  var reading = Reading.nothing
  /// Heads read and answers finished.
  var asked = 0
  private(set) var answered = 0
  /// The answer after which the connection closes.
  var closeAfter = Int.max
  var isQuiescing = false
  var isLeaving = false
  /// Bytes came that the decoder made no part of yet.
  var hasNewBytes = false
  /// The socket is asked for more: only then can a client be late.
  var isWaitingForBytes = false
  private(set) var isHeadWritten = false
  private(set) var isStreaming = false

  var quietSince = NIODeadline.distantPast
  var headSince = NIODeadline.distantPast
  var lastByte = NIODeadline.distantPast
  var stalledSince: NIODeadline?
  var halfClosedSince: NIODeadline?

  var isAnswering: Bool { asked > answered }

  /// True when the connection closes after the answer now being written.
  var closesNext: Bool {
    // An answer given before its request's body has come leaves no way to the next request.
    isQuiescing || answered + 1 >= closeAfter || (reading == .body && asked == answered + 1)
  }

  /// Notes the head of an answer.
  mutating func begin(isStream: Bool) {
    isHeadWritten = true
    isStreaming = isStream
    if closesNext { closeAfter = answered + 1 }
  }

  /// Notes the end of an answer; true when the connection closes now.
  mutating func finish(at now: NIODeadline) -> Bool {
    answered += 1
    isHeadWritten = false
    isStreaming = false
    quietSince = now
    return answered >= closeAfter
  }

  /// The first deadline and what missing it brings.
  func deadline(_ limits: ConnectionLimits) -> (at: NIODeadline, consequence: Consequence)? {
    var result: (at: NIODeadline, consequence: Consequence)?
    func consider(_ start: NIODeadline?, _ limit: TimeAmount, _ consequence: Consequence) {
      guard let start else { return }
      let at = start + limit
      if result.map({ at < $0.at }) ?? true { result = (at, consequence) }
    }
    consider(stalledSince, limits.writeStall, .close)
    if !isHeadWritten { consider(halfClosedSince, limits.halfClosed, .close) }
    switch reading {
    case .nothing: if !isAnswering { consider(quietSince, limits.idle, .close) }
    case .head:
      // While an answer is being made, the next request may take its time.
      if !isAnswering { consider(max(headSince, quietSince), limits.head, .refuseHead) }
    case .body:
      if isWaitingForBytes, asked == answered + 1 {
        consider(lastByte, limits.bodyIdle, .refuseBody)
      }
    }
    return result
  }

  /// True when a `Connection` header asks to close.
  static func closes(_ header: String?) -> Bool {
    guard let header else { return false }
    return header.lowercased().split(separator: ",").contains { part in
      part.filter { $0 != " " && $0 != "\t" } == "close"
    }
  }
}
