import Domain
import Testing

@Suite struct ParetoTests {
  /// Eight points by hand: three on the first front, three behind them, then one and one.
  private let points = [
    [1.0, 9], [5, 5], [9, 1],  // front 0
    [1, 8], [4, 4], [8, 1],  // front 1
    [3, 3],  // front 2
    [1, 1],  // front 3
  ].map { Pareto.Point($0) }

  @Test func `fronts are those found by hand, in any order of the points`() {
    #expect(Pareto.fronts(points) == [[0, 1, 2], [3, 4, 5], [6], [7]])
    let order = [7, 2, 4, 0, 6, 1, 5, 3]
    let fronts = Pareto.fronts(order.map { points[$0] })
    #expect(fronts.map { Set($0.map { order[$0] }) } == [[0, 1, 2], [3, 4, 5], [6], [7]])
    #expect(Pareto.fronts([]).isEmpty)
  }

  @Test func `equal points share a front`() {
    #expect(
      Pareto.fronts([[1.0, 2], [1, 2], [0, 2]].map { Pareto.Point($0) }) == [[0, 1], [2]])
  }

  @Test func `the ends of a front are infinitely far, others as far as their neighbours`() {
    let front = [[0.0, 10], [1, 8], [4, 3], [10, 0]].map { Pareto.Point($0) }
    let distances = Pareto.crowding([0, 1, 2, 3], of: front)
    #expect(distances[0] == .infinity && distances[3] == .infinity)
    #expect(abs(distances[1] - (0.4 + 0.7)) < 1e-12)
    #expect(abs(distances[2] - (0.9 + 0.8)) < 1e-12)
  }

  @Test func `an objective without a spread adds no distance`() {
    let flat = (0..<4).map { Pareto.Point([5, Double($0)]) }
    let distances = Pareto.crowding([0, 1, 2, 3], of: flat)
    #expect(distances.allSatisfy { !$0.isNaN })
    #expect(abs(distances[1] - 2.0 / 3) < 1e-12)
    #expect(Pareto.crowding([], of: flat).isEmpty)
    #expect(Pareto.crowding([2], of: flat) == [.infinity])
  }

  @Test func `what keeps the limits dominates, then what breaks them less`() {
    let feasible = Pareto.Point([0.1, 0.1])
    let near = Pareto.Point([0.9, 0.9], violation: 0.1)
    let far = Pareto.Point([1, 1], violation: 0.5)
    #expect(feasible.dominates(near) && near.dominates(far) && !far.dominates(feasible))
    #expect(!near.dominates(Pareto.Point([0, 0], violation: 0.1)))
    #expect(Pareto.fronts([far, near, feasible]) == [[2], [1], [0]])
  }

  @Test func `a trial's point turns its metrics and counts broken limits`() throws {
    let objectives = [
      Objective(.accuracy, .maximise), Objective(.macs, .minimise, limit: 100),
    ]
    var trial = Trial(number: 1, candidate: Candidate(Genotype([])), code: "")
    trial.metrics = [MetricName.searchAccuracy: 0.9, MetricName.macs: 150]
    #expect(Pareto.Point(trial, objectives) == nil, "it has not completed")
    trial.state = .completed
    #expect(Pareto.Point(trial, objectives) == Pareto.Point([0.9, -150], violation: 0.5))
    trial.metrics[MetricName.searchAccuracy] = .nan
    #expect(Pareto.Point(trial, objectives) == nil)
    trial.state = .infeasible
    trial.metrics = [MetricName.macs: 150]
    #expect(Pareto.Point(trial, objectives) == Pareto.Point([], violation: 0.5))
    trial.metrics = [MetricName.macs: 50]
    #expect(Pareto.Point(trial, objectives) == nil)
  }

  @Test func `volumes are those computed by hand`() throws {
    func volume(_ values: [[Double]], _ reference: [Double]) -> Double? {
      Pareto.hypervolume(values.map { Pareto.Point($0) }, reference: reference)
    }
    #expect(volume([[3], [5], [1]], [2]) == 3)
    #expect(volume([[1, 3], [3, 1], [2, 2], [1, 1]], [0, 0]) == 6)
    #expect(volume([[1, 3], [3, 1]], [1, 0]) == 2, "the first is not above the reference")
    #expect(volume([[2, 2, 2], [1, 1, 3], [3, 1, 1]], [0, 0, 0]) == 10)
    #expect(volume([], [0, 0]) == 0)
    #expect(volume([[1, 1, 1, 1]], [0, 0, 0, 0]) == nil)
    let broken = Pareto.Point([9, 9], violation: 0.1)
    #expect(Pareto.hypervolume([broken], reference: [0, 0]) == 0)
  }

  @Test func `a volume of three objectives agrees with counting`() throws {
    var generator = SeededGenerator(seed: 4)
    let points = (0..<12).map { _ in
      Pareto.Point((0..<3).map { _ in Double(1 + generator.below(8)) })
    }
    var count = 0
    for x in 0..<8 {
      for y in 0..<8 {
        for z in 0..<8 {
          let cube = [x, y, z].map { Double($0 + 1) }
          if points.contains(where: { zip($0.values, cube).allSatisfy { $0 >= $1 } }) { count += 1 }
        }
      }
    }
    let volume = try #require(Pareto.hypervolume(points, reference: [0, 0, 0]))
    #expect(abs(volume - Double(count)) < 1e-9)
  }

  @Test func `more points never cover less`() throws {
    var generator = SeededGenerator(seed: 5)
    for objectives in 1...3 {
      var points: [Pareto.Point] = []
      var last = 0.0
      for _ in 0..<60 {
        points.append(Pareto.Point((0..<objectives).map { _ in generator.unit() }))
        let reference = [Double](repeating: 0, count: objectives)
        let volume = try #require(Pareto.hypervolume(points, reference: reference))
        #expect(volume >= last - 1e-12)
        last = volume
      }
    }
  }
}
