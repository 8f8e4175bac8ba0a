import Domain
import Runner
import Testing

/// Which trials a request's filter may end before they are trained.
@Suite struct FilterTests {
  private func ended(filter: ProxyFilter?) throws -> MachineDriver {
    var request = Toy.request(trials: 40, control: 0.25, countsRepeats: false)
    request.filter = filter
    var driver = try MachineDriver(request, slots: 3, seed: 1)
    try driver.send(.begin)
    try driver.run()
    return driver
  }

  @Test func `the strategy's candidates are filtered, uniform draws and final runs never`() throws {
    let driver = try ended(filter: ProxyFilter(proxy: "snip", keep: 0.5))
    var seen: Set<Bool> = []
    for assignment in driver.assigned {
      guard assignment.key.role == .trial else {
        #expect(!assignment.isFiltered)
        continue
      }
      let trial = try #require(driver.rows.trials[assignment.key.number])
      #expect(assignment.isFiltered == !trial.candidate.isRandom)
      seen.insert(assignment.isFiltered)
    }
    #expect(seen == [true, false])
  }

  @Test func `a uniform draw never repeats what a filter may have ended`() throws {
    let driver = try ended(filter: ProxyFilter(proxy: "snip", keep: 0.5))
    let repeats = driver.rows.trials.values.filter { $0.cachedFrom != nil }
    #expect(!repeats.isEmpty)
    for copy in repeats {
      let original = try #require(copy.cachedFrom.flatMap { driver.rows.trials[$0] })
      #expect(original.candidate.isRandom == copy.candidate.isRandom)
    }
  }

  @Test func `nothing is filtered where the request has none`() throws {
    #expect(try ended(filter: nil).assigned.allSatisfy { !$0.isFiltered })
  }
}
