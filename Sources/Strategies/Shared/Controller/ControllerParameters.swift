internal import Domain

/// The parameters that every strategy with a controller has, with its own defaults.
enum ControllerParameters {
  static func of(
    learningRate: Double, batch: Int, entropy: Double, baselineDecay: Double, rewardPower: Int
  ) -> [Parameter] {
    [
      Parameter(
        "hidden", .integer(min: 1, max: 256), default: 32,
        "Units of each recurrent layer of the controller."),
      Parameter(
        "controller_layers", .integer(min: 1, max: 2), default: 1,
        "Recurrent layers of the controller."),
      Parameter(
        "learning_rate", .number(min: 0, max: 1), default: .number(learningRate),
        "Adam's rate for the controller."),
      Parameter(
        "batch", .integer(min: 1, max: 1000), default: .number(Double(batch)),
        "Proposals observed before each update."),
      Parameter(
        "entropy", .number(min: 0, max: 10), default: .number(entropy),
        "Weight of the policy's entropy, which keeps it from settling early."),
      Parameter(
        "baseline_decay", .number(min: 0, max: 1), default: .number(baselineDecay),
        "Decay of the moving average that rewards are compared with."),
      Parameter(
        "reward_epochs", .integer(min: 1, max: 100), default: 2,
        "Last epochs of a trial of which the best validation accuracy counts."),
      Parameter(
        "reward_power", .integer(min: 1, max: 8), default: .number(Double(rewardPower)),
        "Power the accuracy is raised to; a higher one spreads the top end."),
    ]
  }
}
