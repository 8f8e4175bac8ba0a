/// The parameters after the `?` of a request, in order.
package struct Query: Sendable {
  /// An item with a broken escape, or one that is not UTF-8, is as it was sent.
  package let items: [(name: String, value: String, isDecoded: Bool)]

  /// Splits `name=value&…`; `+` and percent escapes are decoded, broken escapes stay as they are.
  package init(_ text: String?) {
    items = (text ?? "").split(separator: "&").map { part in
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = Query.decode(sides[0])
      let value = sides.count > 1 ? Query.decode(sides[1]) : ""
      return (
        name ?? String(sides[0]), value ?? String(sides[1]), name != nil && value != nil
      )
    }
  }

  /// The value of a name; the last one where it is repeated.
  package subscript(name: String) -> String? {
    items.last { $0.name == name }?.value
  }

  private static func decode(_ text: Substring) -> String? {
    PercentEncoding.decoded(text.contains("+") ? text.replacing("+", with: " ")[...] : text)
  }
}
