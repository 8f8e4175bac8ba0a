internal import Domain
internal import Foundation

/// The service's counters and gauges as Prometheus text, format 0.0.4.
struct Exposition: Sendable {
  let jobs: any JobStore
  let control: any JobControl
  let requests: RequestMetrics

  /// The whole exposition.
  ///
  /// - Complexity: O(jobs); scrapes are rare.
  func text() async throws -> String {
    var states: [Job.State: Int] = [:]
    var finishedTrials = 0
    var query = JobQuery()
    query.pageSize = 500
    repeat {
      let page = try await jobs.jobs(query)
      for job in page.rows {
        states[job.state, default: 0] += 1
        finishedTrials += job.finishedTrials
      }
      query.pageToken = page.nextToken
    } while query.pageToken != nil
    let capacity = await control.capacity()
    var text = ""
    func family(_ name: String, _ type: String, _ help: String, _ rows: [(String, Double)]) {
      text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
      for (labels, value) in rows {
        text += "\(name)\(labels) \(JSONValue.canonicalNumber(value))\n"
      }
    }
    family(
      "atelier_jobs", "gauge", "Stored jobs by state.",
      Job.State.allCases.map { ("{state=\"\($0.rawValue)\"}", Double(states[$0] ?? 0)) })
    family(
      "atelier_trials_finished", "gauge", "Finished trials of all stored jobs.",
      [("", Double(finishedTrials))])
    family("atelier_workers", "gauge", "Worker processes alive.", [("", Double(capacity.workers))])
    family("atelier_slots", "gauge", "Trials that run at once.", [("", Double(capacity.slots))])
    let counts = requests.snapshot().map { key, count in
      (
        "{method=\"\(key.method)\",route=\"\(key.route)\",status=\"\(key.status)\"}", count
      )
    }
    family(
      "atelier_http_requests_total", "counter", "Answered requests.",
      counts.map { ($0.0, Double($0.1.requests)) })
    family(
      "atelier_http_request_seconds_total", "counter", "Seconds spent on answered requests.",
      counts.map { ($0.0, $0.1.seconds) })
    if let memory = Exposition.residentBytes() {
      family(
        "process_resident_memory_bytes", "gauge", "Memory of the server process.",
        [("", memory)])
    }
    return text
  }

  /// Resident memory of this process, from `/proc`.
  private static func residentBytes() -> Double? {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
      return nil
    }
    let fields = text.split(separator: " ")
    guard fields.count > 1, let pages = Double(fields[1]) else { return nil }
    return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
  }
}
