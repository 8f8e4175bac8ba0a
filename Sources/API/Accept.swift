/// The media types that a client takes (RFC 9110 §12.5.1).
struct Accept: Sendable {
  private struct Range: Sendable {
    let type: Substring
    let quality: Double
  }

  private let ranges: [Range]

  init(_ header: String?) {
    guard let header, header != "*/*" else {
      ranges = []
      return
    }
    ranges = header.lowercased().split(separator: ",").compactMap { part in
      let pieces = part.split(separator: ";").map { $0.filter { !$0.isWhitespace } }
      guard let type = pieces.first, !type.isEmpty else { return nil }
      let quality = pieces.dropFirst().first { $0.hasPrefix("q=") }.flatMap {
        Double($0.dropFirst(2))
      }
      return Range(type: type[...], quality: quality ?? 1)
    }
  }

  /// How much a type is wanted: the most specific range that names it decides; 0: not at all.
  func quality(_ type: String) -> Double {
    if ranges.isEmpty { return 1 }
    let family = type.prefix { $0 != "/" } + "/*"
    for name in [type[...], family[...], "*/*"] {
      if let range = ranges.first(where: { $0.type == name }) { return range.quality }
    }
    return 0
  }

  /// The type of some that is wanted most, the first of equals.
  func best(of types: [String]) -> String? {
    types.max { quality($0) < quality($1) }
  }

  /// True when a type is wanted more than another, or is alone named.
  func prefers(_ type: String, to other: String) -> Bool {
    ranges.contains { $0.type == type[...] } && quality(type) >= quality(other) && quality(type) > 0
  }
}
