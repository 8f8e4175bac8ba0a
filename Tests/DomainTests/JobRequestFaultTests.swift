import Domain
import Testing

/// What a request is refused for.
@Suite struct JobRequestFaultTests: ResolvesRequests {
  @Test func `null counts as not given`() throws {
    #expect(
      try resolve([
        "dataset": "digits", "name": nil, "space": nil, "trial": ["gradient_clip": nil],
        "budget": nil, "strategy": ["name": "random", "params": nil], "seed": nil,
      ]).strategy == ComponentChoice("random"))
  }

  @Test func `all faults are told at once, each with its place`() throws {
    let body: JSONValue = [
      "dataset": "digits", "sed": 1, "seed": -1, "parallelism": 65, "priority": 1.5,
      "task": "regression", "space": "darts", "labels": ["x", "x", 3],
      "strategy": ["name": "regularized-evolution", "params": ["population": 1, "p": 2], "q": 0],
      "objectives": [["metric": "energy", "goal": "min"], ["metric": "macs", "goal": "max"]],
      "budget": ["max_trials": 0, "max_seconds": "1", "target_accuracy": 1.1],
      "trial": [
        "epochs": 0, "batch_size": 4096, "momentum": 1, "augmentation": ["blur"], "z/~": 1,
      ],
      "final": ["top": 0, "seeds": 21, "samples_seen": 0.5],
    ]
    #expect(
      Set(faults(body)) == [
        "/sed", "/seed", "/parallelism", "/priority", "/task", "/space", "/labels/1", "/labels/2",
        "/strategy/q", "/strategy/params/population", "/strategy/params/p", "/objectives/0/metric",
        "/objectives/1/goal", "/budget/max_trials", "/budget/max_seconds",
        "/budget/target_accuracy", "/trial/epochs", "/trial/batch_size", "/trial/momentum",
        "/trial/augmentation/0", "/trial/z~1~0", "/final/top", "/final/seeds",
        "/final/samples_seen",
      ])
  }

  @Test func `parameters that contradict each other are refused`() {
    let strategy: JSONValue = [
      "name": "regularized-evolution", "params": ["population": 3, "sample": 4],
    ]
    #expect(faults(["dataset": "digits", "strategy": strategy]) == ["/strategy/params"])
  }

  @Test(arguments: [nil, true, 3, "digits", []] as [JSONValue])
  func `a body that is no object is refused`(body: JSONValue) {
    #expect(faults(body) == [""])
  }

  @Test func `a data set that is missing, unknown or open is refused`() {
    #expect(faults([:], nil) == ["/dataset"])
    #expect(faults(["dataset": "nope"], nil) == ["/dataset"])
    #expect(faults(["dataset": 3], nil) == ["/dataset"])
    #expect(faults(["dataset": "digits"], toyDataset(state: .open)) == ["/dataset"])
  }

  @Test func `a strategy that honours one objective takes no more, and no limit`() throws {
    let both: JSONValue = [
      ["metric": "accuracy", "goal": "max"], ["metric": "macs", "goal": "min"],
    ]
    let limited: JSONValue = [["metric": "accuracy", "goal": "max", "limit": 0.5]]
    for objectives in [both, limited] {
      #expect(
        faults(["dataset": "digits", "strategy": "random", "objectives": objectives])
          == ["/objectives"])
      #expect(faults(["dataset": "digits", "objectives": objectives]).isEmpty)
    }
  }

  @Test func `accuracy must be among the objectives, none twice`() {
    #expect(
      faults(["dataset": "digits", "objectives": [["metric": "macs", "goal": "min"]]])
        == ["/objectives"])
    #expect(
      faults([
        "dataset": "digits",
        "objectives": [
          ["metric": "accuracy", "goal": "max"], ["metric": "accuracy", "goal": "max"],
        ],
      ]) == ["/objectives/1/metric"])
  }

  @Test func `numbers beyond every range are faults, never traps`() {
    for huge in [1e300, -1e300, 1e18, .infinity, .nan] {
      let body: JSONValue = [
        "dataset": "digits", "seed": .number(huge), "parallelism": .number(huge),
        "budget": ["max_trials": .number(huge)], "trial": ["epochs": .number(huge)],
        "final": ["samples_seen": .number(huge)],
      ]
      #expect(faults(body).count == 5)
    }
  }

  @Test func `what shared weights cannot honour is refused, each at its place`() throws {
    let body: JSONValue = [
      "dataset": "digits", "strategy": "sharing", "control": 0.1,
      "budget": ["target_accuracy": 0.9],
      "objectives": [
        ["metric": "accuracy", "goal": "max", "limit": 0.5], ["metric": "macs", "goal": "min"],
      ],
    ]
    #expect(
      Set(faults(body)) == [
        "/control", "/budget/target_accuracy", "/objectives/0", "/objectives/1",
      ])
    let table = toyDataset(
      "nb201", format: "nas-table",
      table: TableContent(
        space: ComponentChoice("nasbench201-cell", params: ["width": 16]), signal: "valid",
        report: "test", cost: nil, incompleteRows: 0))
    #expect(faults(["dataset": "nb201", "strategy": "sharing"], table) == ["/strategy"])
    #expect(try resolve(["dataset": "nb201"], table).fidelity.share == 0)
    #expect(faults(["dataset": "nb201", "fidelity": ["share": 0.1]], table) == ["/fidelity/share"])
    #expect(faults(["dataset": "digits", "final": ["controls": 3]]) == ["/final/controls"])
    #expect(
      faults([
        "dataset": "digits", "fidelity": ["share": 0.6, "architectures": 4, "min_tau": 2, "n": 1],
      ]) == ["/fidelity/n", "/fidelity/share", "/fidelity/min_tau", "/fidelity/architectures"])
    #expect(
      faults(["dataset": "digits", "fidelity": ["share": 0, "min_tau": 0.5]])
        == ["/fidelity/min_tau"])
  }
}
