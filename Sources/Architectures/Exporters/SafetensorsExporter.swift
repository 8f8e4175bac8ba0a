package import Domain
internal import Engine

/// Hands out trained weights as they are stored, once they are known to be this architecture's.
package struct SafetensorsExporter: Exporter {
  package let id = "safetensors"
  package let summary = "The trained weights (F32, PyTorch's order of axes, names = scope paths)."
  package let paper = ""
  package let parameters: [Domain.Parameter] = []
  package let mediaType = "application/octet-stream"
  package let fileExtension = "safetensors"
  package let needsWeights = true

  package init() {}

  package func export(_ architecture: Architecture, weights: [UInt8]?) throws -> [UInt8] {
    guard let weights else {
      throw ServiceError(
        .notReady, "safetensors holds weights; none are kept for this architecture")
    }
    let tensors: Weights
    do {
      tensors = try Safetensors.decode(weights)
    } catch let error {
      throw ServiceError(.conflict, "the stored weights cannot be read: \(error)")
    }
    let expected = architecture.tensorShapes
    for name in expected.keys.sorted() {
      guard let tensor = tensors[name] else {
        throw ServiceError(.conflict, "the stored weights hold no tensor '\(name)'")
      }
      guard tensor.shape == expected[name] else {
        throw ServiceError(
          .conflict,
          "tensor '\(name)' has shape \(tensor.shape); the architecture's is \(expected[name] ?? [])"
        )
      }
    }
    if let stranger = tensors.keys.first(where: { expected[$0] == nil }) {
      throw ServiceError(.conflict, "tensor '\(stranger)' is not part of the architecture")
    }
    return weights
  }
}
