package import Foundation

/// Ids with a prefix that sort by time: `job_` + 9 digits of milliseconds in base 32 + 7 random ones.
package enum Identifier {
  private static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz")

  /// A fresh id.
  package static func make(
    _ prefix: String, at date: Date, using generator: inout some RandomNumberGenerator
  ) -> String {
    prefix + "_" + encode(UInt64(max(0, date.timeIntervalSince1970 * 1000)), count: 9)
      + encode(generator.next() & 0x7_FFFF_FFFF, count: 7)
  }

  /// The id of an architecture within a job: a function of both, sorted by the job's time.
  package static func architecture(job: String, fingerprint: String) -> String {
    "arch_" + job.dropFirst(4).prefix(9) + Digest.sha256("\(job) \(fingerprint)").prefix(16)
  }

  private static func encode(_ value: UInt64, count: Int) -> String {
    String((0..<count).reversed().map { digits[Int(value >> UInt64(5 * $0)) & 31] })
  }
}
