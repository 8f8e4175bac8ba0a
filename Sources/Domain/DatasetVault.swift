/// The bytes of data sets on disk: raw uploads while open, one decoded file by digest once sealed.
package protocol DatasetVault: Sendable {
  /// Begins one part of an open data set; the file appears only when the upload ends well.
  ///
  /// - Throws: `ServiceError` when the format has no such part.
  func beginUpload(dataset: String, format: String, part: String) throws -> any DatasetUpload

  /// Checks all parts, decodes them and stores the result by digest.
  ///
  /// - Throws: `ServiceError(.dataset)` that names the byte or row that is wrong.
  func seal(_ dataset: Dataset) throws -> DatasetContent

  /// Removes the raw uploads of a data set.
  func discardUploads(of dataset: String) throws

  /// Removes a decoded file that no data set names any longer.
  func remove(digest: String) throws

  /// Absolute path of a decoded file, for a work order.
  func path(digest: String) -> String
}

/// One file being received.
package protocol DatasetUpload: AnyObject, Sendable {
  /// Appends bytes.
  func write(_ bytes: UnsafeRawBufferPointer) throws
  /// Syncs and renames the file to its place.
  func finish() throws -> DatasetFile
  /// Removes what was received.
  func abandon()
}
