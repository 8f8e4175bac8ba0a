package import Domain

/// The formats that a data set may be given in.
package enum DatasetFormats {
  /// Those that hold samples.
  static let readers: [any FormatReader] = [CSVFormat(), IDXFormat(), CIFARFormat()]

  /// The formats as the registry lists them.
  package static let registry = Registry(readers.map(\.format) + [NASTableFormat.format])

  /// What the registry says of a format.
  ///
  /// - Throws: `ServiceError(.dataset)` where there is none of that name.
  static func format(_ id: String) throws -> DatasetFormat {
    guard let format = registry[id] else { throw unknown(id) }
    return format
  }

  /// The reader of a format of samples.
  ///
  /// - Throws: `ServiceError(.dataset)` where there is none of that name.
  static func reader(_ id: String) throws -> any FormatReader {
    guard let reader = readers.first(where: { $0.format.id == id }) else { throw unknown(id) }
    return reader
  }

  private static func unknown(_ id: String) -> ServiceError {
    let known = registry.ids.joined(separator: ", ")
    return ServiceError(.dataset, "no data set format '\(id)'; known are \(known)")
  }
}
