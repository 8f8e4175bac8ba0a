package import Domain

/// The wire form of an event, and of the same in a stream.
package enum EventWire {
  package static func json(_ event: JobEvent) -> JSONValue {
    [
      "sequence": .int(event.sequence), "kind": .string(event.kind), "at": .time(event.at),
      "payload": event.payload,
    ]
  }

  /// One message of a `text/event-stream`.
  package static func message(_ event: JobEvent) -> String {
    // Canonical JSON has no line feed, so the data is one line.
    "id: \(event.sequence)\nevent: \(event.kind)\ndata: \(json(event).canonical)\n\n"
  }
}
