internal import Domain
internal import Training

/// The parameters that every search on shared weights has, with its own defaults.
enum OneShotParameters {
  static func of(
    epochs: Int, learningRate: Double, rounds: Int?, answers: Int
  ) -> [Parameter] {
    var parameters = [
      Parameter(
        "epochs", .integer(min: 1, max: 10_000), default: .number(Double(epochs)),
        "Epochs the shared weights are trained; fewer where the job's seconds do not suffice."),
      Parameter(
        "batch_size", .integer(min: 2, max: 4096), default: 64,
        "Samples of a batch, of training and of validation."),
      Parameter(
        "learning_rate", .number(min: 0, max: 10), default: .number(learningRate),
        "First rate of the shared weights; it falls to 0.001 along half a cosine."),
      Parameter(
        "weight_decay", .number(min: 0, max: 1), default: 0.0003,
        "Weight decay of the shared weights."),
      Parameter(
        "answers", .integer(min: 1, max: 20), default: .number(Double(answers)),
        "Candidates that each supernet answers with, at most."),
      Parameter(
        "draws", .integer(min: 24, max: 1000), default: 100,
        "Uniform draws scored by the shared weights in the end, for comparison and to measure how far "
          + "their scores can be trusted."),
    ]
    if let rounds {
      parameters.append(
        Parameter(
          "rounds", .integer(min: 1, max: 16), default: .number(Double(rounds)),
          "Supernets trained from seeds of their own; the final phase picks among their answers."))
    }
    return parameters
  }

  static func settings(
    _ parameters: Parameters, isAffine: Bool, nesterov: Bool
  ) -> SharedWeights.Settings {
    var settings = SharedWeights.Settings()
    settings.isAffine = isAffine
    settings.weightDecay = parameters.number("weight_decay")
    settings.nesterov = nesterov
    settings.batchSize = parameters.integer("batch_size")
    settings.epochs = parameters.integer("epochs")
    settings.draws = parameters.integer("draws")
    settings.answers = parameters.integer("answers")
    return settings
  }
}
