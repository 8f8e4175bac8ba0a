import Domain
import Foundation
import Testing

@Suite struct IdentifierTests {
  @Test func `ids sort by time`() {
    var generator = SeededGenerator(seed: 1)
    let ids = (0..<50).map { step in
      Identifier.make(
        "job", at: Date(timeIntervalSince1970: 1_700_000_000 + Double(step) * 0.01),
        using: &generator)
    }
    #expect(ids == ids.sorted())
    #expect(Set(ids).count == 50)
    #expect(ids.allSatisfy { $0.hasPrefix("job_") && $0.count == 20 })
  }

  @Test func `an architecture's id is a function of job and fingerprint`() {
    let one = Identifier.architecture(job: "job_0123456789abcdef", fingerprint: "a1-x")
    #expect(one == Identifier.architecture(job: "job_0123456789abcdef", fingerprint: "a1-x"))
    #expect(one != Identifier.architecture(job: "job_0123456789abcdef", fingerprint: "a1-y"))
    #expect(one.hasPrefix("arch_012345678"))
  }
}
