package import Domain

/// Watches a relaxation for collapse: cells of skips, a validation loss that curves ever more strongly,
/// weights that only remember.
///
/// A finding is reported once, at the epoch that it is made in. Skips have to fill half of the first
/// cell's edges three epochs running, since few epochs' α are noise.
///
/// - Source: skips: Liang et al. 2019, arXiv:1909.06035, §3.2; curvature: Zela et al. 2020,
///   arXiv:1909.09656, §4 (λ̄(t − 5) / λ̄(t) < 0.75, λ̄ the mean of five epochs).
package struct Watchdog: Codable, Hashable, Sendable {
  /// What follows from a finding.
  package enum Response: String, Codable, Hashable, Sendable, CaseIterable {
    case off, warn, stop, regularise
  }

  /// What an epoch looked like.
  package struct Sighting: Hashable, Sendable {
    /// Entropy of the choices as a share of the most there can be.
    package var entropy: Double
    /// Skips and edges of the first cell that would be derived now.
    package var skips: Int
    package var edges: Int
    /// Training accuracy less validation accuracy.
    package var gap: Double
    /// The largest eigenvalue of the validation loss's second derivatives by α; nil while α rests.
    package var curvature: Double?

    package init(entropy: Double, skips: Int, edges: Int, gap: Double, curvature: Double?) {
      self.entropy = entropy
      self.skips = skips
      self.edges = edges
      self.gap = gap
      self.curvature = curvature
    }
  }

  package static let parameter = Parameter(
    "watchdog", .choice(Response.allCases.map(\.rawValue)), default: "warn",
    "What follows when the search seems to collapse: off, warn, stop (the choices of some epochs before "
      + "are derived), regularise (from then on skips are dropped by chance).")

  package let response: Response
  /// What was found, in words.
  package private(set) var findings: [String] = []
  /// The epoch, from 0, of the first finding.
  package private(set) var tripped: Int?
  /// How many epochs before the finding the choices were sound.
  package private(set) var epochsBack = 0
  private var curvatures: [Double] = []
  private var skipping = 0
  private var kinds: Set<String> = []

  private static let window = 5
  private static let ratio = 0.75
  /// Below it the loss is as good as flat in the choices, and ratios are noise.
  private static let leastCurvature = 0.25
  private static let patience = 3
  private static let widestGap = 0.25

  package init(_ response: Response) {
    self.response = response
  }

  /// Takes an epoch in; true where something new was found.
  package mutating func take(_ sighting: Sighting, epoch: Int) -> Bool {
    guard response != .off else { return false }
    let before = findings.count
    skipping = 2 * sighting.skips >= max(2, sighting.edges) ? skipping + 1 : 0
    if skipping >= Watchdog.patience {
      find(
        "skips", epoch, back: Watchdog.patience,
        "skip connections are \(sighting.skips) of the \(sighting.edges) edges that would be derived"
      )
    }
    if let curvature = sighting.curvature { curvatures.append(curvature) }
    let window = Watchdog.window
    if curvatures.count >= 2 * window {
      let now = curvatures.suffix(window).reduce(0, +) / Double(window)
      let then = curvatures.dropLast(window).suffix(window).reduce(0, +) / Double(window)
      if then > 0, now > Watchdog.leastCurvature, then / now < Watchdog.ratio {
        find(
          "curvature", epoch, back: window,
          """
          the validation loss curves ever more strongly in the choices: its largest eigenvalue rose \
          from \(Watchdog.round(then)) to \(Watchdog.round(now)) in \(window) epochs
          """)
      }
    }
    if sighting.gap > Watchdog.widestGap {
      find(
        "gap", epoch, back: 1,
        "accuracy on train is \(Watchdog.round(sighting.gap)) above that on validation")
    }
    return findings.count > before
  }

  private mutating func find(_ kind: String, _ epoch: Int, back: Int, _ text: String) {
    guard kinds.insert(kind).inserted else { return }
    findings.append("epoch \(epoch + 1): \(text)")
    guard tripped == nil else { return }
    tripped = epoch
    epochsBack = back
  }

  private static func round(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
