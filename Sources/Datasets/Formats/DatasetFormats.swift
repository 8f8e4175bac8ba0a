package import Domain

/// The formats that a data set may be given in.
package enum DatasetFormats {
  static let readers: [any FormatReader] = [CSVFormat(), IDXFormat(), CIFARFormat()]

  /// The formats as the registry lists them.
  package static let registry = Registry(readers.map(\.format))

  static func reader(_ id: String) throws -> any FormatReader {
    guard let reader = readers.first(where: { $0.format.id == id }) else {
      let known = registry.ids.joined(separator: ", ")
      throw ServiceError(.dataset, "no data set format '\(id)'; known are \(known)")
    }
    return reader
  }
}
