internal import Foundation

/// What training one network costs, measured on a few steps without data.
package struct TrialCost: Codable, Hashable, Sendable {
  package let secondsPerSample: Double
  package let arenaBytes: Int

  package init(secondsPerSample: Double, arenaBytes: Int) {
    self.secondsPerSample = secondsPerSample
    self.arenaBytes = arenaBytes
  }
}

/// What a job would cost, from networks drawn at random from its space.
///
/// A strategy does not stay with random networks, so the band runs from the cheap tenth of them to the
/// dear tenth.
package struct JobEstimate: Codable, Hashable, Sendable {
  package struct Band: Codable, Hashable, Sendable {
    package let low: Double
    package let likely: Double
    package let high: Double

    package init(low: Double, likely: Double, high: Double) {
      self.low = low
      self.likely = likely
      self.high = high
    }

    /// What is known without a band.
    fileprivate init(_ value: Double) {
      self.init(low: value, likely: value, high: value)
    }

    fileprivate func scaled(_ factor: Double) -> Band {
      Band(low: low * factor, likely: likely * factor, high: high * factor)
    }
  }

  /// Trials that the budget pays for; with seconds alone, as many as fit; on shared weights, paths that are
  /// scored.
  package let trials: Band
  package let trialSeconds: Band
  package let searchSeconds: Band
  package let finalSeconds: Band
  /// Bytes of all workers together at their fullest.
  package let peakMemoryBytes: Band
  /// Networks measured, and of those drawn how many are none on this data.
  package let measured: Int
  package let infeasible: Int

  /// nil where no network could be measured.
  ///
  /// - Parameters:
  ///   - costs: of networks drawn from the request's space.
  ///   - slots: how many are trained at once.
  ///   - sharing: where the search is on shared weights: what its supernets cost, how many there are.
  package init?(
    _ request: JobRequest, costs: [TrialCost], infeasible: Int, slots: Int,
    content: DatasetContent, sharing: (cost: SupernetCost, rounds: Int)? = nil
  ) {
    guard !costs.isEmpty else { return nil }
    let slots = max(1, slots)
    let perSample = JobEstimate.band(costs.map(\.secondsPerSample))
    let memory = JobEstimate.band(costs.map { Double($0.arenaBytes) })
    let seeds = request.final.seeds
    func waves(_ runs: Int) -> Int { (runs + slots - 1) / slots }
    let controls = request.final.controls
    let runs =
      waves(request.final.top * seeds) + waves(seeds)
      + (controls > 0 ? waves((controls + 1) * seeds) : 0) + waves(JobEstimate.probes(request))
    let final = perSample.scaled(Double(runs) * Double(request.final.samplesSeen))
    var bytes = memory.scaled(Double(slots))
    if let sharing {
      let validation = content.trainRows - content.fittingRows
      let limit = request.budget.maxSeconds ?? .infinity
      let round = sharing.cost.round(
        trainingRows: content.fittingRows, validationRows: validation)
      trialSeconds = Band(sharing.cost.scoring(validationRows: validation))
      trials = Band(Double(sharing.rounds * sharing.cost.paths))
      searchSeconds = Band(min(limit, Double(waves(sharing.rounds)) * round))
      let rest = max(0, limit - searchSeconds.likely)
      finalSeconds = Band(
        low: min(final.low, rest), likely: min(final.likely, rest), high: min(final.high, rest))
      let supernets = Double(sharing.cost.arenaBytes * min(slots, sharing.rounds))
      bytes = Band(
        low: max(bytes.low, supernets), likely: max(bytes.likely, supernets),
        high: max(bytes.high, supernets))
    } else if let most = request.budget.maxTrials {
      trialSeconds = perSample.scaled(Double(request.trial.samplesSeen))
      let search = trialSeconds.scaled((Double(most) / Double(slots)).rounded(.up))
      let limit = request.budget.maxSeconds ?? .infinity
      searchSeconds = Band(
        low: min(search.low, limit), likely: min(search.likely, limit),
        high: min(search.high, limit))
      let share = search.likely > 0 ? searchSeconds.likely / search.likely : 1
      let trials = (Double(most) * share).rounded()
      self.trials = Band(low: min(trials, Double(most)), likely: trials, high: Double(most))
      finalSeconds = final
    } else {
      trialSeconds = perSample.scaled(Double(request.trial.samplesSeen))
      let limit = request.budget.maxSeconds ?? 0
      let reserve = min(0.4 * limit, final.likely)
      searchSeconds = Band(low: limit - reserve, likely: limit - reserve, high: limit)
      finalSeconds = Band(low: min(final.low, reserve), likely: reserve, high: 0.4 * limit)
      func fitting(_ seconds: Double) -> Double {
        seconds > 0 ? ((limit - reserve) / seconds * Double(slots)).rounded(.down) : 0
      }
      trials = Band(
        low: fitting(trialSeconds.high), likely: fitting(trialSeconds.likely),
        high: fitting(trialSeconds.low))
    }
    let data = Double(content.sizeBytes)
    peakMemoryBytes = Band(
      low: bytes.low + data, likely: bytes.likely + data, high: bytes.high + data)
    measured = costs.count
    self.infeasible = infeasible
  }

  /// Architectures that the fidelity phase trains, where neither distinct ones nor seconds run out.
  private static func probes(_ request: JobRequest) -> Int {
    let fidelity = request.fidelity
    guard fidelity.share > 0 else { return 0 }
    guard request.final.controls == 0, let trials = request.budget.maxTrials else {
      return fidelity.architectures
    }
    let length = Double(max(1, request.final.samplesSeen))
    let work =
      Double(trials) * Double(request.trial.samplesSeen) / length
      + Double((request.final.top + 1) * request.final.seeds)
    let count = Int(fidelity.share / (1 - fidelity.share) * work + 1e-9)
    return count < FidelityReport.least ? 0 : min(count, fidelity.architectures)
  }

  /// Low and high tenth, and the mean.
  private static func band(_ values: [Double]) -> Band {
    let sorted = values.sorted()
    func quantile(_ share: Double) -> Double {
      sorted[min(sorted.count - 1, max(0, Int((share * Double(sorted.count - 1)).rounded())))]
    }
    let mean = values.reduce(0, +) / Double(values.count)
    return Band(low: min(mean, quantile(0.1)), likely: mean, high: max(mean, quantile(0.9)))
  }
}
