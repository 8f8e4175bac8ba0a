import Datasets
import Domain
import Testing

@Suite struct GzipTests {
  @Test func `a part is the same packed or plain`() throws {
    let plain = try Fixture().seal("csv", ["train": smallCSV.bytes])
    let packed = try Fixture().seal("csv", ["train": gzip(smallCSV.bytes)])
    #expect(plain == packed)
  }

  @Test func `a damaged stream is refused with its byte`() throws {
    let packed = gzip(smallCSV.bytes)
    func refusal(_ bytes: [UInt8]) throws -> String {
      try #require(try Fixture().refusal("csv", ["train": bytes]))
    }
    var sum = packed
    sum[packed.count - 6] ^= 1
    #expect(try refusal(sum).contains("incorrect data check"))
    var length = packed
    length[packed.count - 2] ^= 1
    #expect(try refusal(length).contains("incorrect length check"))
    let cut = try refusal(Array(packed.dropLast(5)))
    #expect(cut.contains("cut short; the file ends at byte \(packed.count - 5)"), "\(cut)")
    let tail = try refusal(packed + [7, 7])
    #expect(tail.contains("trailing bytes after the gzip stream from byte \(packed.count)"))
    var body = packed
    for index in 10..<30 { body[index] = 0xFF }
    #expect(try refusal(body).contains("damaged near byte"))
  }

  @Test func `a stream that unpacks to too much is refused`() throws {
    let fixture = Fixture(unpackedLimitBytes: 100_000)
    let bomb = gzip([UInt8](repeating: 0x31, count: 200_000))
    let refusal = try #require(try fixture.refusal("csv", ["train": bomb]))
    #expect(refusal.contains("more than 100000 bytes unpacked"))
  }
}
