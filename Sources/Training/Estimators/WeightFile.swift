internal import Datasets
internal import Domain
internal import Engine
internal import Foundation

/// Weights on disk: `<sha256>.safetensors`.
enum WeightFile {
  /// Channels whose normalisation is written beside the weights; wide tables would swell the head.
  private static let widestNormalisation = 4096

  /// Stores the weights of a network; returns the file's SHA-256.
  ///
  /// The head also tells what the network expects: (value − `input_mean`) · `input_scale` by channel.
  /// - Throws: `ServiceError(.storage)`.
  static func write(
    _ weights: Weights, of evaluation: Evaluation, _ normalisation: Normalisation, folder: String
  ) throws -> String {
    var metadata = ["format": "pt", "fingerprint": evaluation.fingerprint]
    if normalisation.mean.count <= widestNormalisation {
      metadata["input_mean"] = normalisation.mean.description
      metadata["input_scale"] = normalisation.scale.description
    }
    let output = try OutputFile(folder: folder)
    try output.write(Safetensors.encode(weights, metadata: metadata))
    return try output.finish(digestSuffix: ".safetensors")
  }

  /// The tensors of a stored file.
  ///
  /// - Throws: `ServiceError(.storage)` when there is no such file, or it is damaged.
  static func read(_ path: String) throws -> Weights {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw ServiceError(.storage, "cannot read the weights \(path): \(error)")
    }
    do {
      return try Safetensors.decode([UInt8](data))
    } catch {
      throw ServiceError(.storage, "\(path): \(error)")
    }
  }
}
