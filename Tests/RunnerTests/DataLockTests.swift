import Domain
import Foundation
import Runner
import Testing

@Suite struct DataLockTests {
  private func folder() throws -> String {
    let url = FileManager.default.temporaryDirectory.appending(path: "lock-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url.path
  }

  @Test func `a second holder is refused and told who holds the folder`() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let lock = try DataLock(folder: folder)
    lock.announce(address: "http://127.0.0.1:8080")
    let error = #expect(throws: ServiceError.self) { _ = try DataLock(folder: folder) }
    #expect(error?.code == .dataFolderHeld)
    #expect(error?.message.contains("\(ProcessInfo.processInfo.processIdentifier)") == true)
    #expect(error?.message.contains("http://127.0.0.1:8080") == true)
    #expect(DataLock.holder(folder: folder)?.address == "http://127.0.0.1:8080")
    withExtendedLifetime(lock) {}
  }

  @Test func `a folder is free again once its holder is gone`() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    do {
      let first = try DataLock(folder: folder)
      withExtendedLifetime(first) {}
    }
    let second = try DataLock(folder: folder, address: "x")
    #expect(DataLock.holder(folder: folder)?.address == "x")
    withExtendedLifetime(second) {}
  }

  @Test func `a folder that is not there is a storage error`() {
    let error = #expect(throws: ServiceError.self) { _ = try DataLock(folder: "/nowhere/at-all") }
    #expect(error?.code == .storage)
  }
}
