internal import Domain
internal import Foundation

/// Shows how a job is getting on: a bar that redraws itself on a terminal, plain lines elsewhere.
struct ProgressLine {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var shown = ""

  /// Shows the job as it is now, on standard error.
  mutating func show(_ job: Job) {
    let total = job.request.budget.maxTrials
    let share = total.map { Double(job.spentTrials) / Double(max(1, $0)) } ?? 0
    let filled = Int((min(1, share) * 30).rounded())
    let bar = String(repeating: "#", count: filled) + String(repeating: " ", count: 30 - filled)
    let best = job.bestSearchAccuracy.map { String(format: "%.4f", $0) } ?? "-"
    let phase = job.phase?.rawValue ?? job.state.rawValue
    let text =
      "[\(bar)] \(job.spentTrials)/\(total.map(String.init) ?? "-") trials  "
      + "best \(best)  \(phase)"
    guard text != shown else { return }
    shown = text
    write(isTerminal ? "\r\u{1B}[K" + text : text + "\n")
  }

  /// Leaves the bar standing and goes to the next line.
  func end() {
    if isTerminal { write("\n") }
  }

  private func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }
}
