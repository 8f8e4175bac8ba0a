/// Writes an architecture (and its weights, where the format holds them) as a file.
package protocol Exporter: RegistryEntry {
  /// MIME type of the file.
  var mediaType: String { get }
  /// Extension without the dot.
  var fileExtension: String { get }
  /// True when the file cannot be made without trained weights.
  var needsWeights: Bool { get }

  /// The file's bytes.
  ///
  /// - Parameter weights: a stored weight file (safetensors); nil where none was asked for.
  /// - Throws: `ServiceError` when the weights do not belong to the architecture.
  func export(_ architecture: Architecture, weights: [UInt8]?) throws -> [UInt8]
}
