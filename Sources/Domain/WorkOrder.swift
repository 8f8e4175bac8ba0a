/// All that a worker needs to train one network: a pure function of this and the data's bytes.
package struct WorkOrder: Codable, Hashable, Sendable, Identifiable {
  package enum Role: String, Codable, Sendable {
    /// Trained on train, measured on validation: a trial of the search.
    case trial
    /// The same at the final phase's length: chooses the winner.
    case selection
    /// Trained on train and validation, measured once on test.
    case test
    /// Shared weights trained on train by a strategy's own schedule, and candidates scored by them on
    /// validation; the number is the round's, and there is no genotype. Of a job with a warm start:
    /// its draws, scored untrained.
    case supernet
  }

  /// `job/role/number/repetition/attempt`.
  package var id: String { "\(job)/\(role.rawValue)/\(number)/\(repetition)/\(attempt)" }

  package let job: String
  package let role: Role
  /// Trial number, or a supernet's round; with job seed, role and repetition it keys every random number.
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
  /// Ids of the proxies that are told of a trial's network before it is trained.
  package let proxies: [String]
  /// What the network's proxy has to reach to be trained at all; nil: nothing.
  package let filter: ProxyFilter?
  /// What is drawn and scored before a search; nil in every other order.
  package let warmStart: WarmStart?
  /// Whether the network's latency is measured once it is trained.
  package let measuresLatency: Bool
  /// The strategy that trains the shared weights; nil in every other role.
  package let strategy: ComponentChoice?
  /// Absolute path of the file that a supernet's training is saved to at each epoch's end and taken up
  /// from; nil: it is not saved.
  package let checkpoint: String?
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
    schedule: TrainingSchedule, hurdles: [Hurdle] = [], proxies: [String] = [],
    filter: ProxyFilter? = nil, warmStart: WarmStart? = nil, measuresLatency: Bool = false,
    strategy: ComponentChoice? = nil, checkpoint: String? = nil,
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
    self.proxies = proxies
    self.filter = filter
    self.warmStart = warmStart
    self.measuresLatency = measuresLatency
    self.strategy = strategy
    self.checkpoint = checkpoint
    self.parentWeights = parentWeights
    self.parentGenotype = parentGenotype
    self.weightsFolder = weightsFolder
    self.secondsLeft = secondsLeft
    self.memoryLimitBytes = memoryLimitBytes
    self.numerics = numerics
  }
}
