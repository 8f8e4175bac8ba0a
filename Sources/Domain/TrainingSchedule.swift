/// How one network is trained: length, optimizer, schedule and augmentation.
package struct TrainingSchedule: Codable, Hashable, Sendable {
  package enum Optimizer: String, Codable, Sendable, CaseIterable {
    case sgd, adam
  }
  package enum Decay: String, Codable, Sendable, CaseIterable {
    case cosine, constant
  }
  package enum Augmentation: String, Codable, Sendable, CaseIterable {
    /// Pads by 1/8 of the size with zeros and crops back at a random place.
    case padAndCrop = "pad_and_crop"
    /// Mirrors left and right with probability 1/2.
    case flip
  }

  /// Training samples shown in all; `epochs` in a request is this divided by the rows.
  package var samplesSeen: Int
  package var batchSize: Int
  package var optimizer: Optimizer
  package var learningRate: Double
  /// SGD's momentum, or Adam's first decay rate.
  package var momentum: Double
  package var nesterov: Bool
  package var weightDecay: Double
  package var decay: Decay
  /// Largest global gradient norm; nil: no clipping.
  package var gradientClip: Double?
  package var augmentation: [Augmentation]

  package init(
    samplesSeen: Int, batchSize: Int = 64, optimizer: Optimizer = .sgd, learningRate: Double = 0.1,
    momentum: Double = 0.9, nesterov: Bool = true, weightDecay: Double = 5e-4,
    decay: Decay = .cosine, gradientClip: Double? = nil, augmentation: [Augmentation] = []
  ) {
    self.samplesSeen = samplesSeen
    self.batchSize = batchSize
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.momentum = momentum
    self.nesterov = nesterov
    self.weightDecay = weightDecay
    self.decay = decay
    self.gradientClip = gradientClip
    self.augmentation = augmentation
  }

  private enum CodingKeys: String, CodingKey {
    case samplesSeen = "samples_seen"
    case batchSize = "batch_size"
    case optimizer
    case learningRate = "learning_rate"
    case momentum, nesterov
    case weightDecay = "weight_decay"
    case decay
    case gradientClip = "gradient_clip"
    case augmentation
  }
}
