import Domain
import Testing

@Suite struct ParametersTests {
  private let known = [
    Parameter("population", .integer(min: 2, max: 100), default: 10, "Members."),
    Parameter("rate", .number(min: 0, max: 1), default: 0.5, "A share."),
    Parameter("mode", .choice(["a", "b"]), default: "a", "A word."),
  ]

  @Test func `defaults are filled in`() {
    var faults: [Fault] = []
    let parameters = Parameters(["rate": 0.25], for: known, at: "/p", faults: &faults)
    #expect(faults.isEmpty)
    #expect(parameters.integer("population") == 10)
    #expect(parameters.number("rate") == 0.25)
    #expect(parameters.word("mode") == "a")
  }

  @Test func `all faults are told at once with their places`() {
    var faults: [Fault] = []
    _ = Parameters(
      ["population": 1, "rate": "x", "mode": "c", "extra": 1], for: known, at: "/p", faults: &faults
    )
    #expect(faults.map(\.pointer) == ["/p/population", "/p/rate", "/p/mode", "/p/extra"])
    #expect(faults.first?.detail == "1 must be a whole number from 2 to 100")
  }
}
