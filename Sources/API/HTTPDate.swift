internal import Foundation
internal import Synchronization

/// The `Date` header, made once a second.
final class HTTPDate: Sendable {
  private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
  private let last = Mutex<(second: Int, text: String)>((-1, ""))

  /// For example `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
  func text(_ date: Date) -> String {
    let second = Int(date.timeIntervalSince1970)
    return last.withLock { last in
      if last.second != second { last = (second, HTTPDate.text(second)) }
      return last.text
    }
  }

  private static func text(_ second: Int) -> String {
    var time = time_t(second)
    var parts = tm()
    gmtime_r(&time, &parts)
    func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) "
      + "\(Int(parts.tm_year) + 1900) \(two(parts.tm_hour)):\(two(parts.tm_min)):"
      + "\(two(parts.tm_sec)) GMT"
  }
}
