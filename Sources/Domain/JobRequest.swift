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
    strategy: ComponentChoice, objectives: [Objective], budget: Budget, parallelism: Int,
    trial: TrainingSchedule, final: Final, seed: Int, priority: Int
  ) {
    self.name = name
    self.labels = labels
    self.dataset = dataset
    self.task = task
    self.space = space
    self.strategy = strategy
    self.objectives = objectives
    self.budget = budget
    self.parallelism = parallelism
    self.trial = trial
    self.final = final
    self.seed = seed
    self.priority = priority
  }
}
