internal import Domain
internal import Foundation
internal import GRDB

extension Row {
  /// A text, or nil for NULL.
  func text(_ index: Int) -> String? { self[index] }

  /// An instant stored as seconds since 2001, or nil for NULL.
  func date(_ index: Int) -> Date? {
    let seconds: Double? = self[index]
    return seconds.map(Date.init(timeIntervalSinceReferenceDate:))
  }

  /// Reads one of a fixed set of words.
  ///
  /// - Throws: `ServiceError(.storage)` that names the column for any other.
  static func word<Word: RawRepresentable>(
    _ text: String, _ column: String
  ) throws -> Word where Word.RawValue == String {
    guard let word = Word(rawValue: text) else {
      throw ServiceError(.storage, "\(column) holds '\(text)', which this version does not know")
    }
    return word
  }
}
