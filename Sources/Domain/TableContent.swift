/// What the creator of a benchmark table says: which columns count, and what its strings stand for.
package struct TableOptions: Codable, Hashable, Sendable {
  /// Column of architecture strings.
  package let architecture: String
  /// Column that a search sees.
  package let signal: String
  /// Column that the final pick is judged by.
  package let report: String
  /// Column of what an evaluation costs; nil: MACs stand in for it.
  package let cost: String?
  /// Space of the strings; nil: `nasbench201-cell`.
  package let space: ComponentChoice?

  package init(
    architecture: String, signal: String, report: String, cost: String? = nil,
    space: ComponentChoice? = nil
  ) {
    self.architecture = architecture
    self.signal = signal
    self.report = report
    self.cost = cost
    self.space = space
  }
}

/// What a sealed benchmark table holds beside its rows.
package struct TableContent: Codable, Hashable, Sendable {
  /// Space that the strings were read by; a job on the table searches this one.
  package let space: ComponentChoice
  /// Names of the columns.
  package let signal: String
  package let report: String
  /// Column of the cost; nil: MACs stand in for it.
  package let cost: String?
  /// Rows of the file that lack one of the columns and were left out.
  package let incompleteRows: Int

  package init(
    space: ComponentChoice, signal: String, report: String, cost: String?, incompleteRows: Int
  ) {
    self.space = space
    self.signal = signal
    self.report = report
    self.cost = cost
    self.incompleteRows = incompleteRows
  }

  private enum CodingKeys: String, CodingKey {
    case space, signal, report, cost
    case incompleteRows = "incomplete_rows"
  }
}
