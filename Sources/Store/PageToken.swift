internal import Domain
internal import Foundation

/// Where the next page begins: the sort key and the unique key of the last row shown.
///
/// Bound to its list and order, so that a token of another cannot lead to a wrong place.
struct PageToken: Equatable {
  /// The sort key; 0 where the unique key alone sorts.
  let key: Double
  /// The unique key that breaks ties.
  let tie: String

  /// After a row.
  init(key: Double = 0, tie: String) {
    self.key = key
    self.tie = tie
  }

  /// Reads a token that `text(for:)` made for the same list.
  ///
  /// - Throws: `ServiceError(.invalidRequest)` for any other text.
  init(_ text: String, for list: String) throws {
    let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    let base64 = text.replacingOccurrences(of: "-", with: "+")
      .replacingOccurrences(of: "_", with: "/")
    let parts = Data(base64Encoded: base64 + padding)
      .map { String(decoding: $0, as: UTF8.self) }?
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let parts, parts.count == 3, parts[0] == list, let bits = UInt64(parts[1], radix: 16),
      !Double(bitPattern: bits).isNaN
    else { throw PageToken.foreign(text) }
    key = Double(bitPattern: bits)
    tie = parts[2]
  }

  /// The error for a text that is no token of the list.
  static func foreign(_ text: String) -> ServiceError {
    ServiceError(
      .invalidRequest,
      "page_token '\(text.prefix(100))' is not one that this list gave out in this order; "
        + "leave it out to begin at the first page")
  }

  /// The token as base64url without padding.
  func text(for list: String) -> String {
    Data("\(list)\n\(String(key.bitPattern, radix: 16))\n\(tie)".utf8).base64EncodedString()
      .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
      .replacingOccurrences(of: "=", with: "")
  }
}

extension JobQuery {
  /// The name that page tokens of this order are bound to.
  var list: String { "jobs \(order.rawValue)" }
}

extension TrialQuery {
  /// The name that page tokens of this order are bound to.
  func list(of job: String) -> String { "trials \(job) \(order.rawValue)" }

  /// The number that the order sorts by first, ascending; unknown ones come last.
  func key(_ trial: Trial) -> Double {
    switch order {
    case .number, .numberDescending: 0
    case .accuracyDescending: TrialRow.key(trial.searchAccuracy).map(-) ?? .infinity
    case .parameters: TrialRow.key(trial.metrics[MetricName.parameters]) ?? .infinity
    case .macs: TrialRow.key(trial.metrics[MetricName.macs]) ?? .infinity
    }
  }
}

extension Page {
  /// Cuts one row too many off, and makes the token where there was one.
  init(_ rows: [Element], size: Int, list: String, token: (Element) -> PageToken) {
    guard rows.count > size, let last = rows.prefix(size).last else {
      self.init(rows: rows, nextToken: nil)
      return
    }
    self.init(rows: Array(rows.prefix(size)), nextToken: token(last).text(for: list))
  }
}
