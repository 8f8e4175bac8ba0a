/// The client went away, or was refused, before the end of its request's body.
package struct RequestCutShort: Error, Hashable, Sendable {
  package init() {}
}

/// Asks the guard to send `100 Continue` now, if the client waits for it.
package struct ContinueWanted: Sendable {
  package init() {}
}
