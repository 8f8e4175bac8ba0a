import Domain
import FoundationEssentials
import Runner
import Testing

@Suite struct JobMachineParentTests {
  /// Runs a job whose every trial from the fourth on inherits from the first, the worst of all.
  private struct Family {
    var job = Toy.job(Toy.request(trials: 9, parallelism: 2, top: 1, seeds: 1))
    var trials: [Int: Trial] = [:]
    var state: [UInt8]?
    var machine: JobMachine
    var seconds = 0.0
    var inFlight: [Assignment] = []
    var assigned: [Assignment] = []
    var question: (observe: Trial?, draw: Draw?)?
    var discarded: [String] = []
    var proposed = 0
    var observed = 0
    /// What the strategy says when it has observed so many trials.
    var possible: @Sendable (_ observed: Int) -> Set<Int> = { _ in [1] }
    /// Which trials inherit.
    var inherits: @Sendable (_ number: Int) -> Bool = { $0 >= 4 }

    init() throws {
      machine = try JobMachine(
        job: job, trials: [], finalRuns: [], strategyState: nil, slots: 2)
    }

    mutating func restart() throws {
      inFlight = []
      question = nil
      machine = try JobMachine(
        job: job, trials: trials.values.sorted { $0.number < $1.number }, finalRuns: [],
        strategyState: state, slots: 2)
      proposed = trials.count
      try send(.begin)
    }

    mutating func send(_ event: JobMachine.Event) throws {
      seconds += 0.01
      let moment = JobMachine.Moment(
        date: Date(timeIntervalSince1970: 1000 + seconds), seconds: seconds)
      for effect in machine.handle(event, at: moment) {
        switch effect {
        case .run(let assignment):
          inFlight.append(assignment)
          assigned.append(assignment)
        case .consult(let observe, let draw): question = (observe, draw)
        case .save(let change), .conclude(let change, _):
          job = change.job
          for trial in change.trials { trials[trial.number] = trial }
          state = change.strategyState ?? state
        case .discard(let digests): discarded += digests
        case .drop, .rest, .leave, .tell, .forgetCheckpoints: break
        }
      }
    }

    /// One thing that can happen: an answer first, else the oldest order's end.
    mutating func step() throws -> Bool {
      if let (observe, draw) = question {
        question = nil
        observed = observe?.number ?? observed
        let draft = draw.map { _ in
          proposed += 1
          return Consultation.Draft(
            candidate: Candidate(
              Genotype([proposed % 4, proposed / 4, 0]), parent: inherits(proposed) ? 1 : nil),
            code: "", fingerprint: "a1-\(proposed)", parameters: 1, macs: 1, fault: nil)
        }
        try send(
          .consulted(
            Consultation(
              draft: draft, isDry: false, strategyState: [UInt8("{}".utf8.first ?? 0)],
              possibleParents: observed == 0 ? [] : possible(observed))))
        return true
      }
      guard !inFlight.isEmpty, !machine.isOver else { return false }
      let order = inFlight.removeFirst()
      let isTrial = order.key.role == .trial
      let name =
        isTrial
        ? MetricName.searchAccuracy
        : order.key.role == .selection ? MetricName.validationAccuracy : MetricName.testAccuracy
      try send(
        .ended(
          order.key,
          .completed(
            Evaluation(
              fingerprint: "a1-\(order.key.number)",
              metrics: [name: 0.1 + 0.05 * Double(order.key.number)], measured: [:], curve: [],
              weights: "\(order.key)"))))
      return true
    }
  }

  @Test func `the weights of a possible parent are kept off the board until the search ends`()
    throws
  {
    var family = try Family()
    try family.send(.begin)
    while family.job.phase != .finalTraining, try family.step() {
      #expect(!family.discarded.contains("trial 1/0") || family.job.phase == .finalTraining)
    }
    while try family.step() {}
    #expect(family.job.state == .succeeded)
    #expect(family.discarded.contains("trial 1/0"), "then they go")
    #expect(family.trials[1]?.weights == nil && family.trials[9]?.weights == "trial 9/0")
    let children = family.assigned.filter { $0.key.role == .trial && $0.key.number >= 4 }
    #expect(children.count == 6)
    for order in children {
      #expect(order.parentWeights == "trial 1/0")
      #expect(order.parentGenotype == family.trials[1]?.candidate.genotype)
    }
    for order in family.assigned.prefix(3) {
      #expect(order.parentWeights == nil && order.parentGenotype == nil)
    }
    // The child saw its own samples and its parent's.
    #expect(family.trials[5]?.metrics[MetricName.cumulativeSamples] == 1280)
    #expect(family.trials[2]?.metrics[MetricName.cumulativeSamples] == nil)
  }

  @Test func `a restart at any moment keeps a possible parent`() throws {
    for moment in 1...24 {
      var family = try Family()
      try family.send(.begin)
      for _ in 0..<moment { _ = try family.step() }
      guard !family.machine.isOver, family.job.phase != .finalTraining else { continue }
      try family.restart()
      while try family.step() {}
      #expect(family.job.state == .succeeded, "restart after \(moment)")
      let children = family.assigned.filter { $0.key.role == .trial && $0.key.number >= 4 }
      #expect(children.allSatisfy { $0.parentWeights == "trial 1/0" })
      #expect(family.trials.values.allSatisfy { $0.state == .completed })
    }
  }

  @Test func `a parent that is possible no longer is given up, and naming it is infeasible`() throws
  {
    var family = try Family()
    family.possible = { $0 < 4 ? [1] : [] }
    family.inherits = { [4, 8].contains($0) }
    try family.send(.begin)
    while try family.step() {}
    #expect(family.discarded.contains("trial 1/0"))
    let refused = family.trials.values.filter { $0.state == .infeasible }
    #expect(refused.map(\.number) == [8])
    #expect(refused.allSatisfy { $0.failure?.contains("the weights of trial 1") == true })
  }
}
