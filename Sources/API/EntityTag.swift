/// Strong entity tags and the conditions that name them (RFC 9110 §8.8.3, §13.1.2).
enum EntityTag {
  /// True when an `If-None-Match` names the tag, weakly compared.
  static func matches(_ condition: String?, _ tag: String) -> Bool {
    guard let condition else { return false }
    return condition.split(separator: ",").contains { part in
      var text = part.drop { $0 == " " || $0 == "\t" }
      while let last = text.last, last == " " || last == "\t" { text.removeLast() }
      if text == "*" { return true }
      return (text.hasPrefix("W/") ? text.dropFirst(2) : text) == tag
    }
  }
}
