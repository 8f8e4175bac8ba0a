import Datasets
import Domain
import Foundation
import Testing

@Suite struct FileDatasetVaultTests {
  @Test func `an upload appears only when it is whole, with its digest`() throws {
    let fixture = Fixture()
    let upload = try fixture.vault.beginUpload(dataset: "ds_test", format: "csv", part: "train")
    try "abc".bytes.withUnsafeBytes { try upload.write($0) }
    #expect(try !fixture.names("uploads/ds_test").contains("train"))
    let file = try upload.finish()
    #expect(try fixture.names("uploads/ds_test") == ["train"])
    #expect(file.sizeBytes == 3 && file.part == "train")
    #expect(file.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(throws: ServiceError.self) { try upload.finish() }
  }

  @Test func `an abandoned upload leaves nothing, a second one replaces the first`() throws {
    let fixture = Fixture()
    _ = try fixture.upload("one".bytes, format: "csv", part: "train")
    let upload = try fixture.vault.beginUpload(dataset: "ds_test", format: "csv", part: "train")
    try "two!".bytes.withUnsafeBytes { try upload.write($0) }
    upload.abandon()
    #expect(try fixture.names("uploads/ds_test") == ["train"])
    let file = try fixture.upload("three".bytes, format: "csv", part: "train")
    #expect(file.sizeBytes == 5)
    #expect(try fixture.names("uploads/ds_test") == ["train"])
  }

  @Test func `a file over the limit is refused while it streams`() throws {
    let fixture = Fixture(limitBytes: 2500)
    let error = #expect(throws: ServiceError.self) {
      _ = try fixture.upload(
        [UInt8](repeating: 1, count: 10_000), format: "csv", part: "train")
    }
    #expect(error?.code == .tooLarge)
    #expect(try fixture.names("uploads/ds_test").isEmpty)
  }

  @Test func `only parts of the format may be put, only plain ids name a folder`() throws {
    let vault = Fixture().vault
    let part = #expect(throws: ServiceError.self) {
      _ = try vault.beginUpload(dataset: "ds_test", format: "csv", part: "train_images")
    }
    #expect(part?.message.contains("its parts are train, test") == true)
    for id in ["../evil", "", "a/b"] {
      #expect(throws: ServiceError.self) {
        _ = try vault.beginUpload(dataset: id, format: "csv", part: "train")
      }
    }
  }

  @Test func `equal content has one file, and removing takes it away`() throws {
    let fixture = Fixture()
    let first = try fixture.seal("csv", ["train": smallCSV.bytes])
    let second = try fixture.seal("csv", ["train": gzip(smallCSV.bytes)])
    #expect(first.digest == second.digest)
    #expect(try fixture.names("datasets") == [first.digest + ".atd"])
    let bytes = [UInt8](
      try Data(contentsOf: URL(fileURLWithPath: fixture.vault.path(digest: first.digest))))
    #expect(Digest.sha256(bytes) == first.digest)
    #expect(bytes.count == first.sizeBytes)
    try fixture.vault.discardUploads(of: "ds_test")
    try fixture.vault.remove(digest: first.digest)
    try fixture.vault.remove(digest: first.digest)
    #expect(try fixture.names("datasets").isEmpty && fixture.names("uploads").isEmpty)
  }

  @Test func `a sweep removes half files and forgotten uploads alone`() throws {
    let fixture = Fixture()
    let content = try fixture.seal("csv", ["train": smallCSV.bytes])
    for path in ["datasets/.tmp-abc", "uploads/ds_test/.tmp-def"] {
      try Data().write(to: URL(fileURLWithPath: fixture.folder + "/" + path))
    }
    try FileManager.default.createDirectory(
      atPath: fixture.folder + "/uploads/ds_gone", withIntermediateDirectories: true)
    try fixture.vault.sweep(open: ["ds_test"])
    #expect(try fixture.names("datasets") == [content.digest + ".atd"])
    #expect(try fixture.names("uploads") == ["ds_test"])
    #expect(try fixture.names("uploads/ds_test") == ["train"])
  }

  @Test func `a damaged decoded file is not opened`() throws {
    let fixture = Fixture()
    let content = try fixture.seal("csv", ["train": smallCSV.bytes])
    let url = URL(fileURLWithPath: fixture.vault.path(digest: content.digest))
    let bytes = try Data(contentsOf: url)
    for broken in [
      bytes.dropLast(), bytes + [0], Data("ATDATA2\n".utf8) + bytes.dropFirst(8), Data(),
    ] {
      try broken.write(to: url)
      #expect(throws: ServiceError.self) { _ = try fixture.map(content) }
    }
  }
}
