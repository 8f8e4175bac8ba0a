package import Domain
package import Foundation

/// The data sets that every installation has.
package enum BuiltinDatasets {
  /// Decodes the built-in sets into a vault and yields their rows; a file already there stays as it is.
  ///
  /// - Throws: `ServiceError(.storage)` when the vault's folder cannot be written.
  package static func install(in vault: FileDatasetVault, at date: Date) throws -> [Dataset] {
    [try digits(in: vault, at: date)]
  }

  /// Handwritten digits, 1,797 images of 8 × 8; the test split has seed 0, for the row order hides a
  /// shift of writers.
  private static func digits(in vault: FileDatasetVault, at date: Date) throws -> Dataset {
    let options = DatasetOptions(
      shape: TensorShape(height: 8, width: 8, channels: 1), labelColumn: "label",
      testFraction: 0.2, testSeed: 0)
    let bytes = PackageResources.digits_csv_gz
    let content = try vault.seal(
      bytes, part: "train", format: "csv", options: options,
      source: "UCI Machine Learning Repository, "
        + "Optical Recognition of Handwritten Digits (E. Alpaydin, C. Kaynak)",
      licence: "CC BY 4.0")
    let file = DatasetFile(
      part: "train", sizeBytes: bytes.count, sha256: Digest.sha256(bytes))
    return Dataset(
      id: "ds_digits", name: "digits", isBuiltIn: true, format: "csv", options: options,
      state: .sealed, files: [file], content: content, created: date)
  }
}
