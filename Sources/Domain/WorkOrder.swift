/// All that a worker needs to train one network: a pure function of this and the data's bytes.
package struct WorkOrder: Codable, Hashable, Sendable, Identifiable {
  package enum Role: String, Codable, Sendable {
    /// Trained on train, measured on validation: a trial of the search.
    case trial
    /// The same at the final phase's length: chooses the winner.
    case selection
    /// Trained on train and validation, measured once on test.
    case test
  }

  /// `job/role/number/repetition/attempt`.
  package var id: String { "\(job)/\(role.rawValue)/\(number)/\(repetition)/\(attempt)" }

  package let job: String
  package let role: Role
  /// Trial number; with job seed, role and repetition it keys every random number.
  package let number: Int
  package let repetition: Int
  package let attempt: Int
  package let seed: UInt64
  package let space: ComponentChoice
  package let genotype: Genotype
  package let datasetPath: String
  package let dataset: DatasetContent
  package let schedule: TrainingSchedule
  /// What the network has to reach to be trained on.
  package let hurdles: [Hurdle]
  /// Whether the network's latency is measured once it is trained.
  package let measuresLatency: Bool
  /// Absolute path of the weights to inherit; nil: fresh ones.
  package let parentWeights: String?
  /// The genotype those weights belong to.
  package let parentGenotype: Genotype?
  /// Folder to store the trained weights in as `<sha256>.safetensors`; nil: they are not kept.
  package let weightsFolder: String?
  /// Seconds after which training is cut, to within a minibatch; the outcome is then `cancelled`.
  package let secondsLeft: Double?
  package let memoryLimitBytes: Int
  package let numerics: Numerics

  package init(
    job: String, role: Role, number: Int, repetition: Int, attempt: Int, seed: UInt64,
    space: ComponentChoice, genotype: Genotype, datasetPath: String, dataset: DatasetContent,
    schedule: TrainingSchedule, hurdles: [Hurdle] = [], measuresLatency: Bool = false,
    parentWeights: String?, parentGenotype: Genotype? = nil, weightsFolder: String?,
    secondsLeft: Double?, memoryLimitBytes: Int, numerics: Numerics
  ) {
    self.job = job
    self.role = role
    self.number = number
    self.repetition = repetition
    self.attempt = attempt
    self.seed = seed
    self.space = space
    self.genotype = genotype
    self.datasetPath = datasetPath
    self.dataset = dataset
    self.schedule = schedule
    self.hurdles = hurdles
    self.measuresLatency = measuresLatency
    self.parentWeights = parentWeights
    self.parentGenotype = parentGenotype
    self.weightsFolder = weightsFolder
    self.secondsLeft = secondsLeft
    self.memoryLimitBytes = memoryLimitBytes
    self.numerics = numerics
  }
}
