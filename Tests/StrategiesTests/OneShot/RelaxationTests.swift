import Domain
import Strategies
import Testing
import Training

@Suite struct RelaxedChoicesTests {
  private func choices(rate: Double = 0.01) -> RelaxedChoices {
    RelaxedChoices([("a", 3), ("b", 2)], rate: rate, decay: 0, seed: 4)
  }

  @Test func `it starts near uniform and each seed its own way`() {
    let start = choices()
    #expect(start.entropy > 0.9999)
    #expect(start.alphas.joined().allSatisfy { abs($0) < 0.01 })
    #expect(
      RelaxedChoices([("a", 3), ("b", 2)], rate: 1, decay: 0, seed: 5).alphas != start.alphas)
  }

  @Test func `the gradient by alpha is that of the softmax`() {
    var choices = choices()
    choices.set([[0.4, -0.3, 0.2], [1, -1]])
    let by = [[2.0, -1, 0.5], [0.3, 0.9]]
    func value(_ alphas: [[Double]]) -> Double {
      zip(alphas, by).reduce(0) { sum, pair in
        sum + zip(RelaxedChoices.softmax(pair.0), pair.1).reduce(0) { $0 + $1.0 * $1.1 }
      }
    }
    let gradient = choices.gradient(of: choices.shares, by: by)
    for choice in 0..<2 {
      for branch in choices.alphas[choice].indices {
        var (up, down) = (choices.alphas, choices.alphas)
        up[choice][branch] += 1e-6
        down[choice][branch] -= 1e-6
        let slope = (value(up) - value(down)) / 2e-6
        #expect(abs(gradient[choice][branch] - slope) < 1e-8)
      }
    }
  }

  @Test func `Adam goes down by its rate at first`() {
    var choices = choices(rate: 0.01)
    let before = choices.alphas
    choices.step(down: [[1, -2, 0], [0.5, 0]])
    let moves = zip(choices.alphas.joined(), before.joined()).map { $0 - $1 }
    #expect(abs(moves[0] + 0.01) < 1e-6 && abs(moves[1] - 0.01) < 1e-6 && moves[2] == 0)
  }
}

@Suite struct GDASTests {
  private let choices: RelaxedChoices = {
    var choices = RelaxedChoices([("a", 4)], rate: 1, decay: 0, seed: 4)
    choices.set([[0.9, -0.4, 0.1, 0.5]])
    return choices
  }()

  @Test func `weights are one-hot at the largest share`() {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<100 {
      let draw = GDAS.Draw(choices, temperature: 2, using: &generator)
      #expect(draw.weights[0].sorted() == [0, 0, 0, 1])
      #expect(draw.weights[0][draw.branches[0]] == 1)
      #expect(draw.shares[0][draw.branches[0]] == draw.shares[0].max())
    }
  }

  @Test(arguments: [0.1, 1, 10])
  func `branches are drawn as often as the softmax says, at any temperature`(
    _ temperature: Double
  ) {
    var generator = SeededGenerator(seed: 2)
    var counts = [0.0, 0, 0, 0]
    for _ in 0..<20_000 {
      counts[GDAS.Draw(choices, temperature: temperature, using: &generator).branches[0]] += 1
    }
    for (count, share) in zip(counts, choices.shares[0]) {
      #expect(abs(count / 20_000 - share) < 0.02)
    }
  }

  @Test func `the gradient through a draw is that of the softmax it came from`() {
    let temperature = 1.7
    var generator = SeededGenerator(seed: 3)
    let draw = GDAS.Draw(choices, temperature: temperature, using: &generator)
    let drawn = draw.branches[0]
    let gradient = draw.gradient([[5, 6, 7, 8]], temperature: temperature)[0]
    for branch in 0..<4 {
      func share(_ change: Double) -> Double {
        var moved = choices
        var alphas = choices.alphas
        alphas[0][branch] += change
        moved.set(alphas)
        var again = SeededGenerator(seed: 3)
        return GDAS.Draw(moved, temperature: temperature, using: &again).shares[0][drawn]
      }
      let slope = (share(1e-6) - share(-1e-6)) / 2e-6
      #expect(abs(gradient[branch] - Double(5 + drawn) * slope) < 1e-6)
    }
  }
}

@Suite struct WatchdogTests {
  private func sighting(
    skips: Int = 0, gap: Double = 0, curvature: Double? = 1
  ) -> Watchdog.Sighting {
    Watchdog.Sighting(entropy: 0.5, skips: skips, edges: 8, gap: gap, curvature: curvature)
  }

  @Test func `skips on half of the edges are found once they last`() {
    var watchdog = Watchdog(.warn)
    let counts = [4, 3, 5, 4, 4, 4]
    let found = counts.enumerated().map {
      watchdog.take(sighting(skips: $0.element), epoch: $0.offset)
    }
    #expect(found == [false, false, false, false, true, false])
    #expect(watchdog.tripped == 4 && watchdog.findings.count == 1)
    #expect(watchdog.findings[0].contains("4 of the 8"))
  }

  @Test func `a curvature that rises by a third in five epochs is found`() {
    var steady = Watchdog(.warn)
    var rising = Watchdog(.warn)
    for epoch in 0..<20 {
      _ = steady.take(sighting(curvature: 1 + 0.01 * Double(epoch)), epoch: epoch)
      _ = rising.take(sighting(curvature: 1 + 0.1 * Double(epoch)), epoch: epoch)
    }
    #expect(steady.tripped == nil)
    #expect(rising.tripped == 9 && rising.epochsBack == 5)
    var flat = Watchdog(.warn)
    var resting = Watchdog(.warn)
    for epoch in 0..<20 {
      _ = flat.take(sighting(curvature: 0.01 * Double(epoch)), epoch: epoch)
      _ = resting.take(sighting(curvature: nil), epoch: epoch)
    }
    #expect(flat.tripped == nil && resting.tripped == nil)
  }

  @Test func `a gap is found, and nothing is when it is off`() {
    var watchdog = Watchdog(.stop)
    let isFound = watchdog.take(sighting(gap: 0.3), epoch: 0)
    var off = Watchdog(.off)
    let isFoundToo = off.take(sighting(skips: 8, gap: 1), epoch: 0)
    #expect(isFound && !isFoundToo)
  }
}
