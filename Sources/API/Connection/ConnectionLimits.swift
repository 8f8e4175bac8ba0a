package import NIOCore

/// How long a connection may take over things, and how much it may send.
package struct ConnectionLimits: Sendable {
  /// From one answer, or the start, to the first byte of the next request.
  package var idle: TimeAmount = .seconds(10)
  /// From the first byte of a request's head to its last.
  package var head: TimeAmount = .seconds(10)
  /// Between two pieces of a body; there is no limit on the whole, so that large uploads pass.
  package var bodyIdle: TimeAmount = .seconds(30)
  /// For which nothing that was written can be sent.
  package var writeStall: TimeAmount = .seconds(30)
  /// For which an answer may still be made for a client that has closed its side.
  package var halfClosed: TimeAmount = .seconds(5)
  /// In which a refused client may read the refusal before the connection is cut.
  package var linger: TimeAmount = .seconds(1)
  package var headerFieldBytes = 16 * 1024
  package var headerBytes = 32 * 1024
  package var headerFields = 100

  package init() {}
}
