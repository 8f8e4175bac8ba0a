import Datasets
import Foundation
import Testing

@Suite struct GzipWriterTests {
  @Test func `what is packed is read back, and packing again gives the same bytes`() throws {
    let text = "key,x\n" + (0..<5_000).map { "row\($0),\($0 % 7)\n" }.joined()
    let packed = try GzipWriter.packed(Array(text.utf8))
    #expect(packed.prefix(2) == [0x1f, 0x8b] && packed.count < text.utf8.count / 3)
    #expect(try GzipWriter.packed(Array(text.utf8)) == packed)
    let path = NSTemporaryDirectory() + "packed-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(packed).write(to: URL(fileURLWithPath: path))
    let table = try ColumnTable(path: path, key: "key", columns: ["x"])
    #expect(table.keys.count == 5_000 && table.columns[0][6] == 6)
  }
}
