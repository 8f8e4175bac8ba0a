/// How a request's `trial` and `final` become training schedules on one data set.
///
/// Lengths follow from rows and sample size, so that a trial of the default length takes seconds.
struct ScheduleRules {
  /// nil where the data set is missing, which is a fault of its own.
  let content: DatasetContent?
  /// True where the space is a plain network over features, which wants a smaller learning rate.
  let isTabularNetwork: Bool
  /// Id of the data set's format.
  let format: String

  private static let members = [
    "epochs", "samples_seen", "batch_size", "optimizer", "learning_rate", "momentum", "nesterov",
    "weight_decay", "decay", "gradient_clip", "augmentation",
  ]

  /// Largest length of a training run, in samples.
  private static let mostSamples = 1_000_000_000_000

  /// Rows a candidate is fitted on.
  private var rows: Int { max(1, content?.fittingRows ?? 1) }

  /// The schedule of a trial, or the default where none is given.
  func schedule(
    _ value: JSONValue?, at pointer: String, _ faults: inout FaultCollector
  ) -> TrainingSchedule {
    let object = faults.object(value, at: pointer, members: ScheduleRules.members) ?? [:]
    let given = faults.integer(
      object["batch_size"], at: "\(pointer)/batch_size", in: 1...4096)
    if let given, content != nil, given > rows {
      faults.add(
        "\(pointer)/batch_size", "\(given) is more than the \(rows) rows a candidate is fitted on")
    }
    let batchSize = given ?? defaultBatchSize
    let optimizer =
      faults.word(
        object["optimizer"], at: "\(pointer)/optimizer", as: TrainingSchedule.Optimizer.self)
      ?? .sgd
    let standardRate = optimizer == .adam ? 0.001 : isTabularNetwork ? 0.05 : 0.1
    let nesterov = faults.flag(object["nesterov"], at: "\(pointer)/nesterov")
    if nesterov == true, optimizer == .adam {
      faults.add("\(pointer)/nesterov", "only sgd has it; leave it out or give false with adam")
    }
    return TrainingSchedule(
      samplesSeen: length(object, at: pointer, &faults) ?? defaultLength(batchSize),
      batchSize: batchSize, optimizer: optimizer,
      learningRate: faults.number(
        object["learning_rate"], at: "\(pointer)/learning_rate", "above 0 and at most 10"
      ) { $0 > 0 && $0 <= 10 } ?? standardRate,
      momentum: faults.number(
        object["momentum"], at: "\(pointer)/momentum", "from 0 to below 1"
      ) { $0 >= 0 && $0 < 1 } ?? 0.9,
      nesterov: nesterov ?? (optimizer == .sgd),
      weightDecay: faults.number(
        object["weight_decay"], at: "\(pointer)/weight_decay", "from 0 to 1"
      ) { (0...1).contains($0) } ?? 5e-4,
      decay: faults.word(
        object["decay"], at: "\(pointer)/decay", as: TrainingSchedule.Decay.self) ?? .cosine,
      gradientClip: faults.number(
        object["gradient_clip"], at: "\(pointer)/gradient_clip", "above 0 and at most 1000000"
      ) { $0 > 0 && $0 <= 1_000_000 },
      augmentation: augmentation(
        object["augmentation"], at: "\(pointer)/augmentation", &faults))
  }

  /// The final phase; by default five times as long as a trial, at most 25 epochs.
  func final(
    _ value: JSONValue?, at pointer: String, trial: TrainingSchedule, sharesWeights: Bool,
    _ faults: inout FaultCollector
  ) -> JobRequest.Final {
    let object =
      faults.object(
        value, at: pointer, members: ["top", "seeds", "epochs", "samples_seen", "controls"]) ?? [:]
    let controls = faults.integer(object["controls"], at: "\(pointer)/controls", in: 0...100)
    if let controls, controls > 0, !sharesWeights {
      faults.add(
        "\(pointer)/controls",
        "is for strategies that share weights; the random trials of `control` are this one's")
    }
    if content?.table != nil {
      // A table's report is read once, for the pick; nothing is trained again.
      for member in ["top", "seeds"] {
        _ = faults.number(
          object[member], at: "\(pointer)/\(member)", "of 1: a table is read once, for one pick"
        ) { $0 == 1 }
      }
      return JobRequest.Final(top: 1, seeds: 1, samplesSeen: trial.samplesSeen)
    }
    return JobRequest.Final(
      top: faults.integer(object["top"], at: "\(pointer)/top", in: 1...20) ?? 3,
      seeds: faults.integer(object["seeds"], at: "\(pointer)/seeds", in: 1...20) ?? 3,
      samplesSeen: length(object, at: pointer, &faults)
        ?? min(25 * rows, 5 * trial.samplesSeen),
      controls: controls ?? (sharesWeights ? ScheduleRules.standardControls : 0))
  }

  /// Random architectures beside the winner: the fewest that allow p = 0.05.
  private static let standardControls = 19

  /// How the trust in the search's score is measured; a table's score is no cheap one.
  func fidelity(
    _ value: JSONValue?, at pointer: String, _ faults: inout FaultCollector
  ) -> JobRequest.Fidelity {
    let object =
      faults.object(value, at: pointer, members: ["share", "architectures", "min_tau"]) ?? [:]
    let share = faults.number(object["share"], at: "\(pointer)/share", "from 0 to 0.5") {
      (0...0.5).contains($0)
    }
    let minTau = faults.number(object["min_tau"], at: "\(pointer)/min_tau", "from -1 to 1") {
      (-1...1).contains($0)
    }
    let isTable = content?.table != nil
    if isTable, let share, share > 0 {
      faults.add("\(pointer)/share", "a table is read, not ranked by a cheap score; give 0")
    }
    if minTau != nil, share == 0 || isTable {
      faults.add("\(pointer)/min_tau", "needs a share above 0: nothing is measured without one")
    }
    return JobRequest.Fidelity(
      share: share ?? (isTable ? 0 : 0.2),
      architectures: faults.integer(
        object["architectures"], at: "\(pointer)/architectures", in: 5...200) ?? 24,
      minTau: minTau)
  }

  /// 64, and for few rows the largest power of two that still makes four steps an epoch.
  private var defaultBatchSize: Int {
    if rows >= 256 { return 64 }
    var size = 1
    while size * 2 <= rows / 4 { size *= 2 }
    return min(rows, max(2, size))
  }

  /// Five epochs, or about 24 million pixels where that is less; at least two batches.
  private func defaultLength(_ batchSize: Int) -> Int {
    guard let shape = content?.shape else { return batchSize }
    let pixels = max(1, max(shape.height * shape.width, shape.count / 8))
    return min(5 * rows, max(2 * batchSize, 24_000_000 / pixels))
  }

  private func length(
    _ object: [String: JSONValue], at pointer: String, _ faults: inout FaultCollector
  ) -> Int? {
    let epochs = faults.number(
      object["epochs"], at: "\(pointer)/epochs", "above 0 and at most 100000"
    ) { $0 > 0 && $0 <= 100_000 }
    let samples = faults.integer(
      object["samples_seen"], at: "\(pointer)/samples_seen", in: 1...ScheduleRules.mostSamples)
    guard let epochs else { return samples }
    if samples != nil {
      faults.add("\(pointer)/epochs", "give either epochs or samples_seen, not both")
    }
    let seen = (epochs * Double(rows)).rounded()
    guard seen <= Double(ScheduleRules.mostSamples) else {
      faults.add(
        "\(pointer)/epochs", "asks for more than \(ScheduleRules.mostSamples) samples in all")
      return nil
    }
    return max(1, Int(seen))
  }

  private func augmentation(
    _ value: JSONValue?, at pointer: String, _ faults: inout FaultCollector
  ) -> [TrainingSchedule.Augmentation] {
    guard let elements = faults.elements(value, at: pointer, count: 0...2) else {
      return format == "cifar-binary" ? [.padAndCrop] : []
    }
    var result: [TrainingSchedule.Augmentation] = []
    for (index, element) in elements.enumerated() {
      let place = "\(pointer)/\(index)"
      if element == .null { faults.add(place, "must be a word, not null") }
      guard
        let word = faults.word(element, at: place, as: TrainingSchedule.Augmentation.self)
      else { continue }
      if result.contains(word) { faults.add(place, "'\(word.rawValue)' stands there twice") }
      result.append(word)
    }
    if !result.isEmpty, content?.inputKind == .tabular {
      faults.add(pointer, "rows of features are not augmented; leave it out")
    }
    return result
  }
}
