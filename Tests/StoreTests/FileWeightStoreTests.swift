import Domain
import Foundation
import Store
import Testing

/// What the folder of weights promises.
@Suite struct FileWeightStoreTests {
  private let folder: Folder
  private let digest = Sample.digest("w")

  init() throws { folder = try Folder() }

  private func open(later seconds: TimeInterval = 60) throws -> FileWeightStore {
    try FileWeightStore(folder: folder.path + "/weights", opened: Date() + seconds)
  }

  private func names(_ store: FileWeightStore) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: store.folder).sorted()
  }

  private func put(_ name: String, in store: FileWeightStore) throws {
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: store.folder + "/" + name))
  }

  @Test func `weights are read by digest and removed by it`() throws {
    let store = try open()
    #expect(store.folder.hasPrefix("/") && store.folder.hasSuffix("/weights"))
    #expect(store.path(digest) == "\(store.folder)/\(digest).safetensors")
    #expect(try store.read(digest) == nil)
    try put("\(digest).safetensors", in: store)
    #expect(try store.read(digest) == [1, 2, 3])
    try store.remove([digest, Sample.digest("absent")])
    #expect(try store.read(digest) == nil)
    #expect(try names(store).isEmpty)
  }

  @Test func `a digest that is none leads nowhere`() throws {
    let store = try open()
    try Data([1]).write(to: URL(fileURLWithPath: folder.path + "/x.safetensors"))
    for bad in ["../x", "", "\u{0}", digest.uppercased(), digest + "0", "/etc/passwd"] {
      #expect(try store.read(bad) == nil)
      try store.remove([bad])
      let path = store.path(bad)
      #expect(URL(fileURLWithPath: path).standardizedFileURL.path == path)
      #expect(path.hasPrefix(store.folder + "/"))
      #expect(!FileManager.default.fileExists(atPath: path))
    }
    #expect(FileManager.default.fileExists(atPath: folder.path + "/x.safetensors"))
  }

  @Test func `a sweep removes what no row names and half-written files, and nothing else`() throws {
    let store = try open()
    let used = Sample.digest("used")
    for name in ["\(digest).safetensors", "\(used).safetensors", "a.tmp", ".tmp-b", "notes.txt"] {
      try put(name, in: store)
    }
    try store.sweep(keeping: [used, Sample.digest("absent")])
    #expect(try names(store) == ["\(used).safetensors", "notes.txt"])
  }

  @Test func `a sweep leaves alone what was written since the server began`() throws {
    let store = try open(later: -60)
    try put("\(digest).safetensors", in: store)
    try put("a.tmp", in: store)
    try store.sweep(keeping: [])
    #expect(try names(store).count == 2)
  }

  @Test func `a folder that cannot be made is named`() async throws {
    try put("file")
    let refused = await failure { _ = try FileWeightStore(folder: folder.path + "/file/w") }
    #expect(refused?.code == .storage)
    #expect(refused?.message.contains("/file/w") == true)
  }

  private func put(_ name: String) throws {
    try Data().write(to: URL(fileURLWithPath: folder.path + "/" + name))
  }

  @Test func `checkpoints lie apart and go with their job`() throws {
    let store = try FileWeightStore(
      folder: folder.path + "/weights", checkpoints: folder.path + "/checkpoints")
    let place = folder.path + "/checkpoints"
    #expect(store.checkpoint(job: "job_1", round: 2) == "\(place)/job_1-2.checkpoint")
    #expect(!store.checkpoint(job: "../job", round: 1).contains(".."))
    func write(_ path: String) throws { try Data([1]).write(to: URL(fileURLWithPath: path)) }
    func left() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: place).sorted()
    }
    for job in ["job_1", "job_12", "job_2"] {
      for round in 1...2 { try write(store.checkpoint(job: job, round: round)) }
    }
    try write(store.checkpoint(job: "job_1", round: 1) + ".tmp-a1B2c3")
    try write(place + "/README")
    try store.removeCheckpoints(job: "job_1")
    #expect(
      try left() == [
        "README", "job_12-1.checkpoint", "job_12-2.checkpoint", "job_2-1.checkpoint",
        "job_2-2.checkpoint",
      ])
    try store.removeCheckpoints(job: "job_1")
    try store.sweepCheckpoints(keeping: ["job_2"])
    #expect(try left() == ["README", "job_2-1.checkpoint", "job_2-2.checkpoint"])
    try store.sweepCheckpoints(keeping: [])
    #expect(try left() == ["README"])
  }
}
