internal import Datasets
internal import Domain
internal import Foundation

/// A supernet's training at an epoch's end, as a file: one line of JSON, then the weights' bytes.
///
/// A file that is missing, damaged or of another order counts as none: training then starts anew and ends
/// the same.
struct SupernetCheckpoint: Codable {
  /// SHA-256 of the order it belongs to.
  let order: String
  /// Epochs done.
  let epoch: Int
  /// Epochs in all, once they are known to fit the time.
  let epochs: Int
  let steps: Int
  let draws: Int
  /// The search's own state, as JSON.
  let search: Data
  let curve: [Domain.Measurement]
  /// Seconds of training so far, over all attempts.
  let seconds: Double
  /// SHA-256 of the weights' bytes.
  let digest: String

  /// Writes it with the weights' bytes; whole or not at all.
  ///
  /// - Throws: `ServiceError(.storage)`.
  func write(_ bytes: [UInt8], to path: String) throws {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let url = URL(fileURLWithPath: path)
    let file = try OutputFile(
      folder: url.deletingLastPathComponent().path, owner: url.lastPathComponent)
    do {
      try file.write(Array(encoder.encode(self)) + [0x0A])
    } catch let error as EncodingError {
      throw ServiceError(.storage, "a checkpoint cannot be encoded: \(error)")
    }
    try file.write(bytes)
    _ = try file.finish(name: url.lastPathComponent)
  }

  /// Reads what was written for an order; nil where there is nothing to go on from.
  static func read(_ path: String, order: String) -> (checkpoint: Self, bytes: [UInt8])? {
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)),
      let end = data.firstIndex(of: 0x0A)
    else { return nil }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let checkpoint = try? decoder.decode(Self.self, from: data[..<end]),
      checkpoint.order == order
    else { return nil }
    let bytes = [UInt8](data[(end + 1)...])
    guard Digest.sha256(bytes) == checkpoint.digest else { return nil }
    return (checkpoint, bytes)
  }

  /// Names all of an order that its training follows from; attempts and time do not count.
  static func name(of order: WorkOrder) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let parts = try [
      encoder.encode(order.space), encoder.encode(order.strategy), encoder.encode(order.schedule),
      encoder.encode(order.numerics),
    ].map { String(decoding: $0, as: UTF8.self) }
    return Digest.sha256(
      (parts + [order.job, "\(order.number)", "\(order.seed)", order.dataset.digest])
        .joined(separator: "\n"))
  }
}
