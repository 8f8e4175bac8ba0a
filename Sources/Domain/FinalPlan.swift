/// The fidelity and final phases as they are run: the request's, or smaller ones that fit the time left.
package struct FinalPlan: Codable, Hashable, Sendable {
  package var top: Int
  package var seeds: Int
  /// Training samples of each run that chooses or tests the winner.
  package var samplesSeen: Int
  /// Why it is smaller than asked; nil when it is not.
  package var shrunkBecause: String?
  /// Numbers of the trials that are retrained to choose a winner; nil in plans of older releases: all
  /// that have a run, and until the fidelity phase is over those it would be now.
  package var finalists: [Int]?
  /// Numbers of the trials that the fidelity phase trains once, ascending.
  package var probes: [Int]
  /// Training samples of a probe's run; nil: `samplesSeen`, so that a finalist's first run is also its
  /// probe.
  package var probeSamples: Int?
  /// Why they are fewer than asked, or shorter; nil when they are neither.
  package var probesNote: String?
  /// Numbers of the random trials that the winner is compared with, ascending.
  package var controls: [Int]
  /// How winner and controls are trained to be compared; nil: as the finalists are.
  package var comparison: Comparison?
  /// Why they are fewer than asked, or trained less; nil when they are neither.
  package var controlsNote: String?
  /// True where the cheap score was not trusted: finalists are the best of those trained alone.
  package var fellBack: Bool
  /// True where the seconds left decided how many are probed or compared.
  package var isTimed: Bool

  /// Runs that compare the winner with random architectures, the same of each.
  package struct Comparison: Codable, Hashable, Sendable {
    package var seeds: Int
    /// Training samples of each run.
    package var samplesSeen: Int

    package init(seeds: Int, samplesSeen: Int) {
      self.seeds = seeds
      self.samplesSeen = samplesSeen
    }

    private enum CodingKeys: String, CodingKey {
      case seeds
      case samplesSeen = "samples_seen"
    }
  }

  /// Repetition of probes that have a length of their own.
  private static let apart = 1_000

  package init(
    top: Int, seeds: Int, samplesSeen: Int, shrunkBecause: String?, finalists: [Int]? = nil,
    probes: [Int] = [], probesNote: String? = nil, controls: [Int] = [],
    controlsNote: String? = nil, fellBack: Bool = false, isTimed: Bool = false
  ) {
    self.top = top
    self.seeds = seeds
    self.samplesSeen = samplesSeen
    self.shrunkBecause = shrunkBecause
    self.finalists = finalists
    self.probes = probes
    self.probesNote = probesNote
    self.controls = controls
    self.controlsNote = controlsNote
    self.fellBack = fellBack
    self.isTimed = isTimed
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    top = try container.decode(Int.self, forKey: .top)
    seeds = try container.decode(Int.self, forKey: .seeds)
    samplesSeen = try container.decode(Int.self, forKey: .samplesSeen)
    shrunkBecause = try container.decodeIfPresent(String.self, forKey: .shrunkBecause)
    // Plans of earlier releases end here.
    finalists = try container.decodeIfPresent([Int].self, forKey: .finalists)
    probes = try container.decodeIfPresent([Int].self, forKey: .probes) ?? []
    probeSamples = try container.decodeIfPresent(Int.self, forKey: .probeSamples)
    probesNote = try container.decodeIfPresent(String.self, forKey: .probesNote)
    controls = try container.decodeIfPresent([Int].self, forKey: .controls) ?? []
    comparison = try container.decodeIfPresent(Comparison.self, forKey: .comparison)
    controlsNote = try container.decodeIfPresent(String.self, forKey: .controlsNote)
    fellBack = try container.decodeIfPresent(Bool.self, forKey: .fellBack) ?? false
    isTimed = try container.decodeIfPresent(Bool.self, forKey: .isTimed) ?? false
  }

  private enum CodingKeys: String, CodingKey {
    case top, seeds, finalists, probes, controls, comparison
    case samplesSeen = "samples_seen"
    case shrunkBecause = "shrunk_because"
    case probeSamples = "probe_samples_seen"
    case probesNote = "probes_note"
    case controlsNote = "controls_note"
    case fellBack = "fell_back"
    case isTimed = "is_timed"
  }

  /// True for a run that chooses the winner.
  package func isSelection(_ run: FinalRun) -> Bool {
    run.stage == .selection && run.repetition < seeds && finalists?.contains(run.trial) ?? true
  }

  /// Which repetition of a trial is its probe.
  package var probeRepetition: Int { probeSamples == nil ? 0 : FinalPlan.apart }

  /// True for a run that measures how far the cheap score can be trusted.
  package func isProbe(_ run: FinalRun) -> Bool {
    run.stage == .selection && run.repetition == probeRepetition && probes.contains(run.trial)
  }

  /// Repetitions that compare winner and controls, fresh ones: selection had the earlier.
  package var comparisonRepetitions: Range<Int> {
    seeds..<(seeds + (comparison?.seeds ?? seeds))
  }

  /// True for a fresh run that compares winner and controls.
  package func isComparison(_ run: FinalRun) -> Bool {
    run.stage == .selection && !controls.isEmpty && comparisonRepetitions.contains(run.repetition)
  }

  /// Training samples of a run.
  package func samples(of run: FinalRun) -> Int {
    if run.stage == .selection, let probeSamples, run.repetition == probeRepetition {
      return probeSamples
    }
    return isComparison(run) ? comparison?.samplesSeen ?? samplesSeen : samplesSeen
  }
}
