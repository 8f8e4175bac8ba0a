/// Weights that do not fit the network, or a file of weights that cannot be read.
package struct WeightsError: Error, Hashable, Sendable, CustomStringConvertible {
  package let message: String

  package init(_ message: String) {
    self.message = message
  }

  package var description: String { message }
}
