/// The rule for the names of data sets.
package enum DatasetName {
  /// What is wrong with a name, in words; nil where it may be given.
  package static func fault(in name: String) -> String? {
    let isAllowed = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
      case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
      default: false
      }
    }
    let start = name.first.map { $0.isLetter || $0.isNumber } ?? false
    guard !isAllowed || !start || name.utf8.count > 64 || name.hasPrefix("ds_") else { return nil }
    let said = name.count > 80 ? "a name of \(name.count) characters" : "'\(name)'"
    return "must be 1 to 64 lower-case letters, digits, '.', '_' and '-', begin with a letter or "
      + "digit, and not with 'ds_'; not \(said)"
  }
}
