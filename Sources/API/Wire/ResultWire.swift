package import Domain

/// The wire form of a job's result.
package enum ResultWire {
  package static func json(_ result: JobResult, seed: Int) -> JSONValue {
    [
      "job": .string(result.job), "state": .string(result.state.rawValue),
      "stop_reason": .text(result.stopReason?.rawValue),
      "reproducible": .bool(result.isReproducible), "digest": .text(result.digest),
      "seed": .int(seed), "numerics": JobWire.numerics(result.numerics),
      "final_plan": JobWire.finalPlan(result.finalPlan),
      "finalists": .array(result.finalists.map(finalist)),
      "verdict": verdict(result.verdict), "rank_verdict": rank(result.rank),
      "repeated_trials": .int(result.repeatedTrials),
    ]
  }

  private static func verdict(_ verdict: ControlVerdict?) -> JSONValue {
    guard let verdict else { return .null }
    return [
      "answer": .string(verdict.answer.rawValue), "test": "mann-whitney",
      "strategy_trials": .int(verdict.strategyTrials),
      "control_trials": .int(verdict.controlTrials),
      "p_better": .number(verdict.test.pAbove), "p_worse": .number(verdict.test.pBelow),
      "effect": .number(verdict.test.effect), "power": .number(verdict.power),
    ]
  }

  private static func rank(_ rank: RankVerdict?) -> JSONValue {
    guard let rank else { return .null }
    return [
      "answer": .string(rank.answer.rawValue), "test": "rank", "trial": .int(rank.trial),
      "validation_accuracy": .number(rank.accuracy),
      "controls": .array(rank.controls.map { .number($0) }), "above": .int(rank.above),
      "p": .number(rank.p), "p_floor": .number(rank.floor),
    ]
  }

  private static func finalist(_ finalist: JobResult.Finalist) -> JSONValue {
    [
      "architecture": .string(finalist.architecture),
      "fingerprint": .string(finalist.fingerprint), "code": .string(finalist.code),
      "trial": .int(finalist.trial), "parameters": .int(finalist.parameters),
      "macs": .int(finalist.macs), "search_accuracy": .number(finalist.searchAccuracy),
      "validation_accuracy": estimate(finalist.validationAccuracy),
      "test_accuracy": estimate(finalist.testAccuracy),
      "weights_kept": .bool(finalist.weights != nil), "is_random": .bool(finalist.isRandom),
    ]
  }

  private static func estimate(_ estimate: JobResult.Estimate?) -> JSONValue {
    guard let estimate else { return .null }
    return [
      "mean": .number(estimate.mean), "low": .real(estimate.low), "high": .real(estimate.high),
      "values": .array(estimate.values.map { .number($0) }),
    ]
  }
}
