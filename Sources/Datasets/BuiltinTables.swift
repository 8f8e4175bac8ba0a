/// The tables of measured networks that every installation has.
package enum BuiltinTables {
  /// Columns of the built-in truth, which `atelier bench truth --make` makes.
  ///
  /// - Throws: `ServiceError(.dataset)` for a column that the file does not have.
  package static func truth(label: String, columns: [String]) throws -> ColumnTable {
    let reader = try PartReader(
      MemorySource(PackageResources.truth_csv_gz), part: "truth", limit: .max)
    return try ColumnTable(reader, key: "arch_str", label: label, columns: columns)
  }
}
