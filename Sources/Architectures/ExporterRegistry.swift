package import Domain

/// All formats an architecture can be downloaded in.
package enum ExporterRegistry {
  package static let all: [any Exporter] = [
    JSONExporter(), DOTExporter(), SafetensorsExporter(),
  ]
}
