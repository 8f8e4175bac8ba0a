/// The parameters after the `?` of a request, in order.
package struct Query: Sendable {
  package let items: [(name: String, value: String)]

  /// Splits `name=value&…`; `+` and percent escapes are decoded, broken escapes stay as they are.
  package init(_ text: String?) {
    items = (text ?? "").split(separator: "&").map { part in
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (Query.decode(sides[0]), sides.count > 1 ? Query.decode(sides[1]) : "")
    }
  }

  /// The value of a name; the last one where it is repeated.
  package subscript(name: String) -> String? {
    items.last { $0.name == name }?.value
  }

  private static func decode(_ text: Substring) -> String {
    PercentEncoding.decoded(text.contains("+") ? text.replacing("+", with: " ")[...] : text)
      ?? String(text)
  }
}
