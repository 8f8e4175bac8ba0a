import Domain
import Foundation
import Store
import Testing

/// What every store promises of data sets.
@Suite struct CheckStoreDatasets {
  @Test(arguments: StoreKind.allCases)
  func `a data set is found by id and by name, before and after it is sealed`(
    _ kind: StoreKind
  ) async throws {
    let (store, hold) = try kind.open()
    var dataset = Sample.dataset("mine")
    let reply = Sample.reply("k")
    try await store.create(dataset, reply: reply)
    #expect(try await store.dataset("ds_mine") == dataset)
    #expect(try await store.reply(for: "k") == reply)
    dataset.files = [DatasetFile(part: "train", sizeBytes: 12, sha256: Sample.digest("f"))]
    dataset.content = Sample.content
    dataset.state = .sealed
    try await store.update(dataset)
    #expect(try await store.dataset("mine") == dataset)
    #expect(try await store.dataset("other") == nil)
    let unknown = await failure { try await store.update(Sample.dataset("other")) }
    #expect(unknown?.code == .unknownResource)
    withExtendedLifetime(hold) {}
  }

  @Test(arguments: StoreKind.allCases)
  func `a name is taken once and the refused data set's reply is not kept`(
    _ kind: StoreKind
  ) async throws {
    let (store, hold) = try kind.open()
    try await store.create(Sample.dataset("mine"), reply: nil)
    let again = Dataset(
      id: "ds_2", name: "mine", isBuiltIn: false, format: "idx", options: DatasetOptions(),
      state: .open, files: [], content: nil, created: Sample.date)
    let taken = await failure { try await store.create(again, reply: Sample.reply("k")) }
    #expect(taken?.code == .conflict)
    #expect(taken?.message.contains("'mine'") == true)
    #expect(try await store.reply(for: "k") == nil)
    #expect(try await store.dataset("ds_2") == nil)
    withExtendedLifetime(hold) {}
  }

  @Test(arguments: StoreKind.allCases)
  func `a data set in use cannot be deleted and the job that uses it is named`(
    _ kind: StoreKind
  ) async throws {
    let (store, hold) = try kind.open()
    try await store.create(Sample.dataset("mine"), reply: nil)
    try await store.create(Sample.dataset("free"), reply: nil)
    try await store.create(Sample.job("job_q", dataset: "mine"), reply: nil)
    let refused = await failure { try await store.delete(dataset: "ds_mine") }
    #expect(refused?.code == .conflict)
    #expect(refused?.message.contains("job_q") == true)
    try await store.delete(dataset: "ds_free")
    #expect(try await store.dataset("free") == nil)
    _ = try await store.delete(job: "job_q")
    try await store.delete(dataset: "ds_mine")
    #expect(try await store.dataset("mine") == nil)
    let gone = await failure { try await store.delete(dataset: "ds_mine") }
    #expect(gone?.code == .unknownResource)
    withExtendedLifetime(hold) {}
  }

  @Test(arguments: StoreKind.allCases)
  func `data sets are paged, oldest first`(_ kind: StoreKind) async throws {
    let (store, hold) = try kind.open()
    for number in [3, 1, 4, 0, 2] {
      try await store.create(Sample.dataset("s\(number)", created: Double(number / 2)), reply: nil)
    }
    var names: [String] = []
    var token: String?
    repeat {
      let page = try await store.datasets(pageSize: 2, pageToken: token)
      names += page.rows.map(\.name)
      token = page.nextToken
    } while token != nil
    #expect(names == ["s0", "s1", "s2", "s3", "s4"])
    withExtendedLifetime(hold) {}
  }
}
