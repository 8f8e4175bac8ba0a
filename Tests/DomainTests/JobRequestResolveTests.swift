import Domain
import Foundation
import Testing

@Suite struct JobRequestResolveTests: ResolvesRequests {
  @Test func `a data set is all a request needs`() throws {
    let request = try resolve(["dataset": "digits"])
    #expect(
      request
        == JobRequest(
          name: "gaussian-process on digits", labels: [], dataset: "digits",
          task: "classification", space: ComponentChoice("nasbench201-cell", params: ["width": 8]),
          strategy: ComponentChoice(
            "gaussian-process", params: ["population": 20, "sample": 5]), control: 0.1,
          objectives: [Objective(.accuracy, .maximise)], budget: Budget(maxTrials: 40),
          parallelism: 4,
          trial: TrainingSchedule(
            samplesSeen: 5 * 1152, batchSize: 64, optimizer: .sgd, learningRate: 0.1,
            momentum: 0.9, nesterov: true, weightDecay: 5e-4, decay: .cosine, gradientClip: nil,
            augmentation: []),
          final: JobRequest.Final(top: 3, seeds: 3, samplesSeen: 25 * 1152),
          fidelity: JobRequest.Fidelity(share: 0.2, architectures: 24), seed: 0, priority: 0))
  }

  @Test func `a strategy's own space is the default, and one that runs nowhere else says so`()
    throws
  {
    let rows = toyDataset("wine", shape: TensorShape(features: 13), rows: 140)
    func space(_ strategy: JSONValue, _ dataset: Dataset? = toyDataset()) throws -> String {
      try resolve(["dataset": "digits", "strategy": strategy], dataset).space.name
    }
    #expect(try space("random") == "nasbench201-cell")
    #expect(try space("at-home") == "chain" && space("nowhere-else") == "chain")
    #expect(try space("at-home", rows) == "mlp", "its own space reads no rows of features")
    #expect(
      try resolve(["dataset": "digits", "strategy": "at-home", "space": "nasbench201-cell"])
        .space.name == "nasbench201-cell")
    #expect(
      faults(["dataset": "digits", "strategy": "nowhere-else", "space": "nasbench201-cell"])
        == ["/space"])
    #expect(faults(["dataset": "wine", "strategy": "nowhere-else"], rows) == ["/space"])
  }

  @Test func `the default length follows from rows and pixels`() throws {
    let mnist = toyDataset(
      "mnist", shape: TensorShape(height: 28, width: 28, channels: 1), rows: 60_000, format: "idx")
    let request = try resolve(["dataset": "mnist"], mnist)
    #expect(request.trial.samplesSeen == 24_000_000 / 784)
    #expect(request.final.samplesSeen == 5 * (24_000_000 / 784))
    let photos = toyDataset(
      "photos", shape: TensorShape(height: 32, width: 32, channels: 3), rows: 50_000,
      format: "cifar-binary")
    let other = try resolve(["dataset": "photos"], photos)
    #expect(other.trial.samplesSeen == 24_000_000 / 1024)
    #expect(other.trial.augmentation == [.padAndCrop])
    #expect(
      try resolve(["dataset": "photos", "trial": ["augmentation": []]], photos).trial.augmentation
        == [])
  }

  @Test func `rows of features get the tabular space and a smaller rate`() throws {
    let rows = toyDataset("wine", shape: TensorShape(features: 13), rows: 140)
    let request = try resolve(["dataset": "wine"], rows)
    #expect(request.space.name == "mlp")
    #expect(request.trial.learningRate == 0.05)
    #expect(request.trial.batchSize == 16, "112 rows: four steps an epoch at least")
    #expect(request.trial.samplesSeen == 5 * 112)
    #expect(faults(["dataset": "wine", "space": "nasbench201-cell"], rows) == ["/space"])
    #expect(
      faults(["dataset": "wine", "trial": ["augmentation": ["flip"]]], rows)
        == ["/trial/augmentation"])
  }

  @Test func `epochs become samples seen`() throws {
    let request = try resolve([
      "dataset": "digits", "trial": ["epochs": 0.5], "final": ["epochs": 30, "top": 1, "seeds": 2],
    ])
    #expect(request.trial.samplesSeen == 576)
    #expect(request.final == JobRequest.Final(top: 1, seeds: 2, samplesSeen: 30 * 1152))
    #expect(
      faults(["dataset": "digits", "trial": ["epochs": 1, "samples_seen": 5]]) == ["/trial/epochs"])
  }

  @Test func `adam has its own defaults`() throws {
    let trial = try resolve(["dataset": "digits", "trial": ["optimizer": "adam"]]).trial
    #expect(trial.learningRate == 0.001)
    #expect(!trial.nesterov)
    #expect(
      faults(["dataset": "digits", "trial": ["optimizer": "adam", "nesterov": true]])
        == ["/trial/nesterov"])
  }

  @Test func `seconds alone leave the number of trials open, a target alone does not`() throws {
    #expect(
      try resolve(["dataset": "digits", "budget": ["max_seconds": 60]]).budget
        == Budget(maxTrials: nil, maxSeconds: 60))
    #expect(
      try resolve(["dataset": "digits", "budget": ["target_accuracy": 0.9]]).budget
        == Budget(maxTrials: 40, targetAccuracy: 0.9))
  }

  @Test func `a resolved request is a valid body and resolves to itself`() throws {
    let bodies: [JSONValue] = [
      ["dataset": "digits"],
      [
        "name": "små & fast", "labels": ["a", "b"], "dataset": "digits",
        "space": "nasbench201-cell",
        "strategy": ["name": "regularized-evolution", "params": ["population": 7]],
        "objectives": [
          ["metric": "accuracy", "goal": "max"],
          ["metric": "macs", "goal": "min", "limit": 2_000_000],
        ],
        "budget": ["max_seconds": 12.5, "target_accuracy": 0.99], "parallelism": 2,
        "trial": [
          "samples_seen": 999, "gradient_clip": 5, "augmentation": ["flip"], "decay": "constant",
          "batch_size": 32, "optimizer": "adam", "weight_decay": 0,
        ],
        "final": ["top": 2], "seed": 9_007_199_254_740_991, "priority": -10,
        "fidelity": ["share": 0.5, "architectures": 200, "min_tau": -1],
        "proxies": ["snip", "macs"], "filter": ["proxy": "snip", "keep": 0.25, "pool": 10],
        "warm_start": ["proxy": "macs", "draws": 30, "keep": 30],
      ],
      ["dataset": "digits", "strategy": "sharing", "final": ["controls": 100]],
    ]
    for body in bodies {
      let request = try resolve(body)
      let echoed = try JSONDecoder().decode(
        JSONValue.self, from: JSONEncoder().encode(request))
      #expect(try resolve(echoed) == request)
    }
  }

  @Test func `a table is searched in its own space, and its report is read once`() throws {
    let table = toyDataset(
      "nb201", format: "nas-table",
      table: TableContent(
        space: ComponentChoice("nasbench201-cell", params: ["width": 16]), signal: "valid",
        report: "test", cost: nil, incompleteRows: 0))
    let request = try resolve(["dataset": "nb201"], table)
    #expect(request.space == ComponentChoice("nasbench201-cell", params: ["width": 16]))
    #expect(request.final.top == 1 && request.final.seeds == 1)
    let bytes = try JSONEncoder().encode(request)
    #expect(try resolve(JSONDecoder().decode(JSONValue.self, from: bytes), table) == request)
    #expect(faults(["dataset": "nb201", "space": "mlp"], table).contains("/space"))
    #expect(
      faults(["dataset": "nb201", "final": ["top": 3, "seeds": 2]], table)
        == ["/final/top", "/final/seeds"])
    let latency: JSONValue = [
      ["metric": "accuracy", "goal": "max"], ["metric": "latency", "goal": "min"],
    ]
    #expect(
      faults(["dataset": "nb201", "objectives": latency], table).contains("/objectives/1/metric"))
  }

  @Test func `a search on shared weights is bounded by its epochs and has controls`() throws {
    let request = try resolve(["dataset": "digits", "strategy": "sharing"])
    #expect(request.budget == Budget(maxTrials: nil))
    #expect(request.control == 0 && request.final.controls == 19)
    #expect(request.fidelity == JobRequest.Fidelity(share: 0.2, architectures: 24))
    #expect(toyCatalog.supernets(request.strategy) == 2)
    #expect(toyCatalog.supernets(ComponentChoice("random")) == 0)
    #expect(try resolve(["dataset": "digits"]).final.controls == 0)
    let limited = try resolve([
      "dataset": "digits", "strategy": "sharing", "budget": ["max_seconds": 60],
      "final": ["controls": 0],
    ])
    #expect(limited.budget.maxSeconds == 60 && limited.final.controls == 0)
  }

  @Test func `requests and plans of earlier releases measure no fidelity`() throws {
    let request = try resolve(["dataset": "digits"])
    var stored = try #require(
      JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(request)).objectValue)
    stored["fidelity"] = nil
    stored["proxies"] = nil
    stored["final"] = ["top": 1, "seeds": 2, "samples_seen": 3]
    let old = try JSONDecoder().decode(
      JobRequest.self, from: JSONEncoder().encode(JSONValue.object(stored)))
    #expect(old.fidelity == .none && old.proxies.isEmpty && old.final.controls == 0)
    let plan = try JSONDecoder().decode(
      FinalPlan.self, from: Data(#"{"top": 1, "seeds": 2, "samples_seen": 3}"#.utf8))
    #expect(plan == FinalPlan(top: 1, seeds: 2, samplesSeen: 3, shrunkBecause: nil))
  }

  @Test func `proxies are none by default, and those asked for must be known`() throws {
    let plain = try resolve(["dataset": "digits"])
    #expect(plain.proxies.isEmpty && plain.filter == nil)
    let request = try resolve([
      "dataset": "digits", "proxies": ["macs"], "filter": ["proxy": "snip"],
    ])
    #expect(request.proxies == ["macs"])
    #expect(request.filter == ProxyFilter(proxy: "snip", keep: 0.5, pool: 64))
    #expect(
      faults([
        "dataset": "digits", "proxies": ["snip", "luck", 3, "snip"],
        "filter": ["keep": 0, "pool": 1, "share": 1],
      ]) == [
        "/proxies/1", "/proxies/2", "/proxies/3", "/filter/share", "/filter/proxy",
        "/filter/keep", "/filter/pool",
      ])
    #expect(faults(["dataset": "digits", "proxies": "snip"]) == ["/proxies"])
    #expect(
      faults([
        "dataset": "digits", "strategy": "sharing", "proxies": ["snip"],
        "filter": ["proxy": "snip"],
      ]) == ["/proxies", "/filter"])
    do {
      _ = try resolve(["dataset": "digits", "proxies": ["luck"]])
      Issue.record("an unknown proxy was taken")
    } catch let error as ServiceError {
      #expect(error.faults.map(\.detail) == ["no proxy 'luck'; known are snip, macs"])
    }
  }

  @Test func `a warm start keeps no more than it draws, and needs trials that are trained`() throws
  {
    #expect(try resolve(["dataset": "digits"]).warmStart == nil)
    let request = try resolve(["dataset": "digits", "warm_start": ["proxy": "snip"]])
    #expect(request.warmStart == WarmStart(proxy: "snip", draws: 100, keep: 10))
    let few = try resolve(["dataset": "digits", "warm_start": ["proxy": "snip", "draws": 4]])
    #expect(few.warmStart == WarmStart(proxy: "snip", draws: 4, keep: 4))
    #expect(
      faults([
        "dataset": "digits", "warm_start": ["proxy": "luck", "draws": 5, "keep": 6, "pool": 3],
      ]) == ["/warm_start/pool", "/warm_start/proxy", "/warm_start/keep"])
    #expect(faults(["dataset": "digits", "warm_start": [:]]) == ["/warm_start/proxy"])
    #expect(
      faults(["dataset": "digits", "strategy": "sharing", "warm_start": ["proxy": "snip"]])
        == ["/warm_start"])
  }
}
