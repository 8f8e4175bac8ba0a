/// What a user asked for, every default filled in; itself a valid body to post again.
package struct JobRequest: Codable, Hashable, Sendable {
  /// The last phase: retrain the best k, n times each, then test the winner.
  package struct Final: Codable, Hashable, Sendable {
    package var top: Int
    package var seeds: Int
    /// How the candidates of the final phase are trained.
    package var samplesSeen: Int

    package init(top: Int, seeds: Int, samplesSeen: Int) {
      self.top = top
      self.seeds = seeds
      self.samplesSeen = samplesSeen
    }

    private enum CodingKeys: String, CodingKey {
      case top, seeds
      case samplesSeen = "samples_seen"
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
  package var seed: Int
  /// Higher runs first among queued jobs; −10…10.
  package var priority: Int

  package init(
    name: String, labels: [String], dataset: String, task: String, space: ComponentChoice,
    strategy: ComponentChoice, pruner: ComponentChoice? = nil, control: Double = 0,
    objectives: [Objective], budget: Budget, parallelism: Int, trial: TrainingSchedule,
    final: Final, seed: Int, priority: Int
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
    seed = try container.decode(Int.self, forKey: .seed)
    priority = try container.decode(Int.self, forKey: .priority)
  }
}
