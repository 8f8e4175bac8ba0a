/// Where in a network a builder stands: names joined by dots, from the outermost scope inwards.
struct ScopePath: Hashable {
  private var text = ""

  /// Enters a scope.
  mutating func append(_ name: String) {
    text = extended(by: name)
  }

  /// The path of a node called `name` here.
  func extended(by name: String) -> String {
    text.isEmpty ? name : "\(text).\(name)"
  }
}
