package import Domain
internal import FoundationEssentials

/// Writes `atelier.architecture/1`: the whole architecture as JSON with sorted keys.
package struct JSONExporter: Exporter {
  package let id = "json"
  package let summary = "The architecture as JSON (atelier.architecture/1): nodes, cells, genotype."
  package let paper = ""
  package let parameters: [Parameter] = []
  package let mediaType = "application/json"
  package let fileExtension = "json"
  package let needsWeights = false

  package init() {}

  package func export(_ architecture: Architecture, weights: [UInt8]?) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try Array(encoder.encode(architecture)) + [0x0A]
  }
}
