package import Domain

/// What a strategy answered: its proposals, in order, and itself after them.
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

  package let drafts: [Draft]
  /// True where the strategy was asked for more and gave none.
  package let isDry: Bool
  /// The strategy's encoded state after all of it.
  package let strategyState: [UInt8]

  package init(drafts: [Draft], isDry: Bool, strategyState: [UInt8]) {
    self.drafts = drafts
    self.isDry = isDry
    self.strategyState = strategyState
  }
}
