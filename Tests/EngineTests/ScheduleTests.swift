import Engine
import Testing

@Suite struct ScheduleTests {
  @Test func `a cosine goes from the base to zero`() {
    let schedule = Schedule.cosine(0.2)
    #expect(schedule.learningRate(step: 0, of: 100) == 0.2)
    #expect(abs(schedule.learningRate(step: 50, of: 100) - 0.1) < 1e-7)
    #expect(schedule.learningRate(step: 100, of: 100) == 0)
    let rates = (0...100).map { schedule.learningRate(step: $0, of: 100) }
    #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 > $1 })
    #expect(schedule.learningRate(step: 200, of: 100) == 0)
    #expect(schedule.learningRate(step: 0, of: 0) == 0.2)
  }

  @Test func `a constant stays`() {
    #expect(Schedule.constant(0.3).learningRate(step: 7, of: 9) == 0.3)
  }
}
