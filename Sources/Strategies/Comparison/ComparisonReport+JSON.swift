package import Domain

extension ComparisonReport.Line {
  /// The line as an object: `strategy`, `evaluations`, `seeds`, `mean`, `std`, and what else is known.
  ///
  /// - Parameter rule: the sampling rule that the comparison was made under.
  package func json(rule: SamplingRule) -> JSONValue {
    [
      "strategy": .string(strategy), "evaluations": .number(Double(evaluations)),
      "seeds": .number(Double(seeds)), "mean": .number(summary.mean),
      "std": .number(summary.deviation), "low": .number(summary.mean - summary.margin),
      "high": .number(summary.mean + summary.margin), "rank": .number(rank),
      "p": p.map(JSONValue.number) ?? .null, "p_holm": correctedP.map(JSONValue.number) ?? .null,
      "rule": .string(rule.rawValue), "repeats": .number(repeats), "draws": .number(draws),
    ]
  }
}
