package import Domain

/// What a strategy answered: its proposal, and itself after it.
package struct Consultation: Sendable {
  /// One proposal with what its genotype decodes to.
  package struct Draft: Sendable {
    package let candidate: Candidate
    package let code: String
    package let fingerprint: String?
    package let parameters: Int?
    package let macs: Int?
    /// Why the genotype is no network on this data; nil where it is one.
    package let fault: String?

    package init(
      candidate: Candidate, code: String, fingerprint: String?, parameters: Int?, macs: Int?,
      fault: String?
    ) {
      self.candidate = candidate
      self.code = code
      self.fingerprint = fingerprint
      self.parameters = parameters
      self.macs = macs
      self.fault = fault
    }
  }

  package let draft: Draft?
  /// True where the strategy was asked for a candidate and gave none.
  package let isDry: Bool
  /// The strategy's encoded state after all of it.
  package let strategyState: [UInt8]
  /// Observed trials that later proposals may name as parent.
  package let possibleParents: Set<Int>

  package init(
    draft: Draft?, isDry: Bool, strategyState: [UInt8], possibleParents: Set<Int> = []
  ) {
    self.draft = draft
    self.isDry = isDry
    self.strategyState = strategyState
    self.possibleParents = possibleParents
  }
}
