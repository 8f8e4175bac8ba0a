import Domain
import Testing

@Suite struct SeededGeneratorTests {
  @Test func `the sequence is SplitMix64's`() {
    // Reference values of Vigna's splitmix64.c for seed 1234567.
    var generator = SeededGenerator(seed: 1_234_567)
    #expect(
      (0..<5).map { _ in generator.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }

  @Test func `streams of different trials, purposes and steps differ`() {
    var firsts: Set<UInt64> = []
    for trial in 0..<20 {
      for purpose in [RandomPurpose.split, .initialisation, .dataOrder] {
        for step in 0..<20 {
          var stream = SeededGenerator(jobSeed: 7, trial: trial, purpose: purpose, step: step)
          firsts.insert(stream.next())
        }
      }
    }
    #expect(firsts.count == 20 * 3 * 20)
  }

  @Test func `numbers below a bound are uniform`() {
    var generator = SeededGenerator(seed: 3)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[generator.below(7)] += 1 }
    let chiSquare = counts.reduce(0.0) {
      $0 + (Double($1) - 10_000) * (Double($1) - 10_000) / 10_000
    }
    #expect(chiSquare < 22.46, "6 degrees of freedom, p = 0.001: \(counts)")
  }

  @Test func `a shuffle is a permutation and a function of the seed`() {
    var one = SeededGenerator(seed: 5)
    var two = SeededGenerator(seed: 5)
    let shuffled = one.shuffled(0..<100)
    #expect(shuffled == two.shuffled(0..<100))
    #expect(shuffled != Array(0..<100))
    #expect(shuffled.sorted() == Array(0..<100))
  }

  @Test func `saving a generator and going on equals not stopping`() throws {
    var generator = SeededGenerator(jobSeed: 1, purpose: .proposal)
    _ = generator.next()
    var restored = try decodeAgain(generator)
    #expect((0..<10).map { _ in generator.next() } == (0..<10).map { _ in restored.next() })
  }
}
