internal import Domain

/// Changes a data set's files and row together: one change at a time per data set.
struct UploadDesk: Sendable {
  let catalog: Catalog
  let datasets: any DatasetStore
  let vault: any DatasetVault
  let blocking: BlockingWork
  private let rows = KeyedLock()

  init(
    catalog: Catalog, datasets: any DatasetStore, vault: any DatasetVault, blocking: BlockingWork
  ) {
    self.catalog = catalog
    self.datasets = datasets
    self.vault = vault
    self.blocking = blocking
  }

  /// Streams one file to disk and notes it in the data set's row.
  func receive(
    _ stream: any RequestStream, part: String, of dataset: Dataset
  ) async throws -> DatasetFile {
    try UploadDesk.checkOpen(dataset)
    let upload = try await blocking.run {
      try vault.beginUpload(dataset: dataset.id, format: dataset.format, part: part)
    }
    do {
      try await stream.forEach { try upload.write($0) }
    } catch {
      upload.abandon()
      throw error
    }
    return try await rows.run(dataset.id) {
      do {
        var row = try await existing(dataset.id)
        try UploadDesk.checkOpen(row)
        let file = try await blocking.run { try upload.finish() }
        row.files.removeAll { $0.part == part }
        row.files.append(file)
        row.files.sort { $0.part < $1.part }
        try await datasets.update(row)
        return file
      } catch {
        upload.abandon()
        throw error
      }
    }
  }

  /// Checks and decodes all files and makes the data set usable; a sealed one is answered unchanged.
  func seal(_ dataset: Dataset) async throws -> Dataset {
    try await rows.run(dataset.id) {
      let open = try await existing(dataset.id)
      if open.state == .sealed { return open }
      let required = catalog.formats[open.format]?.requiredParts ?? []
      let missing = required.filter { part in !open.files.contains { $0.part == part } }
      guard missing.isEmpty else {
        throw ServiceError(
          .conflict,
          "'\(open.name)' lacks \(missing.joined(separator: ", ")): put the file to "
            + "/v1/datasets/\(open.id)/files/\(missing[0]) first")
      }
      var sealed = open
      sealed.content = try await blocking.run { try vault.seal(open) }
      sealed.state = .sealed
      try await datasets.update(sealed)
      try await blocking.run { try vault.discardUploads(of: open.id) }
      return sealed
    }
  }

  /// Removes the row, then the files that only it used.
  func delete(_ dataset: Dataset) async throws {
    guard !dataset.isBuiltIn else {
      throw ServiceError(.conflict, "'\(dataset.name)' is built in and stays")
    }
    try await rows.run(dataset.id) {
      let row = try await existing(dataset.id)
      try await datasets.delete(dataset: row.id)
      try await blocking.run { try vault.discardUploads(of: row.id) }
      guard let digest = row.content?.digest, try await !isNamed(digest) else { return }
      try await blocking.run { try vault.remove(digest: digest) }
    }
  }

  /// True while another data set has the same content.
  private func isNamed(_ digest: String) async throws -> Bool {
    var token: String?
    repeat {
      let page = try await datasets.datasets(pageSize: 500, pageToken: token)
      if page.rows.contains(where: { $0.content?.digest == digest }) { return true }
      token = page.nextToken
    } while token != nil
    return false
  }

  private func existing(_ id: String) async throws -> Dataset {
    guard let row = try await datasets.dataset(id) else {
      throw ServiceError(.unknownResource, "no data set '\(id)'")
    }
    return row
  }

  private static func checkOpen(_ dataset: Dataset) throws {
    guard dataset.state == .open else {
      throw ServiceError(.conflict, "'\(dataset.name)' is sealed; its files cannot change")
    }
  }
}
