/// A network that cannot be built: names the operation, the offending value and what would be right.
package struct ShapeError: Error, Hashable, Sendable, CustomStringConvertible {
  package let operation: String
  package let message: String

  package init(operation: String, message: String) {
    self.operation = operation
    self.message = message
  }

  package var description: String { "\(operation): \(message)" }
}
