import Datasets
import Foundation
import Testing

/// A file that appears only when it is whole.
@Suite struct OutputFileTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("atelier-output-" + UUID().uuidString).path

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test func `a half-written file tells whose it is and goes when it is abandoned`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let owned = try OutputFile(folder: folder, owner: "job-1.checkpoint")
    try owned.write([1, 2, 3])
    let half = try names()
    #expect(half.count == 1)
    #expect(half.first?.hasPrefix("job-1.checkpoint.tmp-") == true)
    owned.abandon()
    #expect(try names() == [])

    let plain = try OutputFile(folder: folder)
    #expect(try names().first?.hasPrefix(".tmp-") == true)
    _ = try plain.finish(name: "whole")
    #expect(try names() == ["whole"])
  }
}
