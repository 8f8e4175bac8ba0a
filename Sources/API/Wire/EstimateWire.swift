package import Domain

/// The wire form of a job's estimate.
package enum EstimateWire {
  package static func json(_ estimate: JobEstimate, request: JSONValue, slots: Int) -> JSONValue {
    [
      "request": request, "slots": .int(slots), "trials": band(estimate.trials),
      "trial_seconds": band(estimate.trialSeconds),
      "search_seconds": band(estimate.searchSeconds),
      "final_seconds": band(estimate.finalSeconds),
      "peak_memory_bytes": band(estimate.peakMemoryBytes),
      "networks_measured": .int(estimate.measured),
      "networks_infeasible": .int(estimate.infeasible),
    ]
  }

  private static func band(_ band: JobEstimate.Band) -> JSONValue {
    ["low": .number(band.low), "likely": .number(band.likely), "high": .number(band.high)]
  }
}
