import API
import Domain
import Testing

@Suite struct DatasetDraftTests {
  private static let formats = Registry(
    ["csv", "idx", "nas-table"].map {
      DatasetFormat(id: $0, summary: "Rows.", requiredParts: ["train"], optionalParts: [])
    })

  /// The faults of a body with these members beside a name and a format.
  private func faults(
    _ fields: [String: JSONValue], format: String = "csv", name: String = "mine"
  ) -> [Fault] {
    var body = fields
    body["name"] = .string(name)
    body["format"] = .string(format)
    do {
      _ = try DatasetDraft(.object(body), formats: DatasetDraftTests.formats)
      return []
    } catch {
      return (error as? ServiceError)?.faults ?? []
    }
  }

  @Test(arguments: ["../x", "", "a b", "UP", "ds_x", ".a", String(repeating: "a", count: 300)])
  func `a name outside the rule is refused with what it is`(name: String) {
    let faults = faults([:], name: name)
    #expect(faults.map(\.pointer) == ["/name"])
    #expect(faults.first?.detail == DatasetName.fault(in: name))
    #expect(faults.first?.detail.contains(name.count > 80 ? "300 characters" : "'\(name)'") == true)
  }

  @Test func `a name inside the rule is taken`() {
    for name in ["a", "0", "mnist-5.k_2", String(repeating: "a", count: 64)] {
      #expect(DatasetName.fault(in: name) == nil)
    }
  }

  @Test func `half of the rows are the most that may be held out`() {
    for share: JSONValue in [0.1, 0.5] { #expect(faults(["test_fraction": share]).isEmpty) }
    for share: JSONValue in [0, 0.51, 0.9, 1] {
      #expect(
        faults(["test_fraction": share]) == [
          Fault(
            "/test_fraction",
            "must be a number above 0 and at most 0.5, not \(share.canonical)")
        ])
    }
  }

  @Test func `options that the format does not heed are refused`() {
    let shape: JSONValue = ["height": 2, "width": 2, "channels": 1]
    #expect(
      faults(["shape": shape, "label_column": "x"], format: "idx") == [
        Fault("/shape", "only the formats csv and nas-table have it, not idx"),
        Fault("/label_column", "only the format csv has it, not idx"),
      ])
    #expect(faults(["shape": shape, "label_column": "x"]).isEmpty)
    #expect(faults(["shape": .null, "label_column": .null], format: "idx").isEmpty)
  }
}
