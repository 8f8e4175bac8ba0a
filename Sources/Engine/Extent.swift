/// A size in two directions, such as a kernel's or a stride's.
package struct Extent: Codable, Hashable, Sendable, CustomStringConvertible {
  package let height: Int
  package let width: Int

  package init(_ height: Int, _ width: Int) {
    self.height = height
    self.width = width
  }

  package var description: String { "\(height)×\(width)" }
}
