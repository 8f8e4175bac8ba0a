/// What a user asked for, every default filled in; itself a valid body to post again.
package struct JobRequest: Codable, Hashable, Sendable {
  /// The last phase: retrain the best k, n times each, then test the winner.
  package struct Final: Codable, Hashable, Sendable {
    package var top: Int
    package var seeds: Int
    /// How the candidates of the final phase are trained.
    package var samplesSeen: Int
    /// Random architectures that are retrained beside the winner of a search on shared weights.
    package var controls: Int

    package init(top: Int, seeds: Int, samplesSeen: Int, controls: Int = 0) {
      self.top = top
      self.seeds = seeds
      self.samplesSeen = samplesSeen
      self.controls = controls
    }

    package init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      top = try container.decode(Int.self, forKey: .top)
      seeds = try container.decode(Int.self, forKey: .seeds)
      samplesSeen = try container.decode(Int.self, forKey: .samplesSeen)
      // Requests stored by earlier releases have no such member.
      controls = try container.decodeIfPresent(Int.self, forKey: .controls) ?? 0
    }

    private enum CodingKeys: String, CodingKey {
      case top, seeds, controls
      case samplesSeen = "samples_seen"
    }
  }

  /// How far the score that the search ranks by can be trusted, and what is spent on knowing it.
  package struct Fidelity: Codable, Hashable, Sendable {
    /// Share of the whole job's work; 0: it is not measured.
    package var share: Double
    /// Most architectures that are trained alone for it.
    package var architectures: Int
    /// Kendall's τ below whose interval the cheap score is not trusted with the finalists; nil: it is.
    package var minTau: Double?

    /// Nothing is measured.
    package static let none = Fidelity(share: 0)

    package init(share: Double, architectures: Int = 24, minTau: Double? = nil) {
      self.share = share
      self.architectures = architectures
      self.minTau = minTau
    }

    private enum CodingKeys: String, CodingKey {
      case share, architectures
      case minTau = "min_tau"
    }
  }

  package var name: String
  package var labels: [String]
  /// Name of the data set.
  package var dataset: String
  package var task: String
  package var space: ComponentChoice
  package var strategy: ComponentChoice
  /// What ends hopeless trials early; nil: nothing does.
  package var pruner: ComponentChoice?
  /// Share of the trials that are drawn at random, for comparison; 0: none.
  package var control: Double
  package var objectives: [Objective]
  package var budget: Budget
  package var parallelism: Int
  package var trial: TrainingSchedule
  package var final: Final
  package var fidelity: Fidelity
  /// Ids of the proxies that every trial tells before it is trained.
  package var proxies: [String]
  /// What keeps candidates of the strategy from being trained at all; nil: nothing does.
  package var filter: ProxyFilter?
  /// What the search begins with in the place of random starts; nil: the strategy's own.
  package var warmStart: WarmStart?
  package var seed: Int
  /// Higher runs first among queued jobs; −10…10.
  package var priority: Int

  private enum CodingKeys: String, CodingKey {
    case name, labels, dataset, task, space, strategy, pruner, control, objectives, budget,
      parallelism, trial, final, fidelity, proxies, filter, seed, priority
    case warmStart = "warm_start"
  }

  package init(
    name: String, labels: [String], dataset: String, task: String, space: ComponentChoice,
    strategy: ComponentChoice, pruner: ComponentChoice? = nil, control: Double = 0,
    objectives: [Objective], budget: Budget, parallelism: Int, trial: TrainingSchedule,
    final: Final, fidelity: Fidelity = .none, proxies: [String] = [], filter: ProxyFilter? = nil,
    warmStart: WarmStart? = nil, seed: Int, priority: Int
  ) {
    self.name = name
    self.labels = labels
    self.dataset = dataset
    self.task = task
    self.space = space
    self.strategy = strategy
    self.pruner = pruner
    self.control = control
    self.objectives = objectives
    self.budget = budget
    self.parallelism = parallelism
    self.trial = trial
    self.final = final
    self.fidelity = fidelity
    self.proxies = proxies
    self.filter = filter
    self.warmStart = warmStart
    self.seed = seed
    self.priority = priority
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    labels = try container.decode([String].self, forKey: .labels)
    dataset = try container.decode(String.self, forKey: .dataset)
    task = try container.decode(String.self, forKey: .task)
    space = try container.decode(ComponentChoice.self, forKey: .space)
    strategy = try container.decode(ComponentChoice.self, forKey: .strategy)
    pruner = try container.decodeIfPresent(ComponentChoice.self, forKey: .pruner)
    // Requests stored by the first release have no control.
    control = try container.decodeIfPresent(Double.self, forKey: .control) ?? 0
    objectives = try container.decode([Objective].self, forKey: .objectives)
    budget = try container.decode(Budget.self, forKey: .budget)
    parallelism = try container.decode(Int.self, forKey: .parallelism)
    trial = try container.decode(TrainingSchedule.self, forKey: .trial)
    final = try container.decode(Final.self, forKey: .final)
    // Requests stored by earlier releases measure none.
    fidelity = try container.decodeIfPresent(Fidelity.self, forKey: .fidelity) ?? .none
    // Nor do they know proxies.
    proxies = try container.decodeIfPresent([String].self, forKey: .proxies) ?? []
    filter = try container.decodeIfPresent(ProxyFilter.self, forKey: .filter)
    warmStart = try container.decodeIfPresent(WarmStart.self, forKey: .warmStart)
    seed = try container.decode(Int.self, forKey: .seed)
    priority = try container.decode(Int.self, forKey: .priority)
  }
}
