package import Domain
internal import Foundation

/// Curves of what strategies have found so far, by evaluations and by cost, as an SVG picture.
package struct AnytimePlot {
  private struct Series {
    let points: [(x: Double, summary: Summary)]
  }

  private let curves: [ComparisonReport.Curve]
  private let report: String
  private let cost: String
  /// Values shown; what lies below is cut off.
  private let low: Double
  private let high: Double

  private static let colours = [
    "#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8B6914",
  ]
  private static let dashes = ["", "7 3", "2 3"]
  private static let width = 460.0
  private static let height = 340.0

  package init(_ comparison: ComparisonReport) {
    curves = comparison.curves
    report = comparison.table.report
    cost = comparison.table.cost
    let means = curves.map { $0.byCount.map(\.mean) }
    let top = means.joined().filter(\.isFinite).max() ?? 1
    // The first tenth of a search rises so steeply that it would flatten all that follows.
    let starts = means.compactMap { $0.isEmpty ? nil : $0[$0.count / 10] }.filter(\.isFinite)
    let bottom = starts.min() ?? 0
    let room = max(top - bottom, 1e-9)
    low = bottom - 0.05 * room
    high = top + 0.08 * room
  }

  /// The picture's text.
  package var svg: String {
    let left = 78.0
    let gap = 70.0
    let second = left + AnytimePlot.width + gap
    let rows = (curves.count + 3) / 4
    let bottom = 30 + AnytimePlot.height + 62
    let total = (second + AnytimePlot.width + 24, bottom + Double(rows) * 20 + 8)
    let byCount = curves.map { curve in
      Series(points: curve.byCount.enumerated().map { (Double($0.offset + 1), $0.element) })
    }
    let byCost = curves.map { Series(points: $0.byCost.map { ($0.cost, $0.summary) }) }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(text(total.0))" height="\(text(total.1))" \
      viewBox="0 0 \(text(total.0)) \(text(total.1))" font-family="sans-serif" font-size="12">
      <title>\(escaped(report)) of the pick by evaluations and by cost</title>
      <rect width="100%" height="100%" fill="white"/>
      \(panel(byCount, x: left, label: "evaluations", id: "count"))
      \(panel(byCost, x: second, label: "cost (\(cost))", id: "cost"))
      \(legend(x: left, y: bottom))
      </svg>

      """
  }

  private func panel(_ series: [Series], x left: Double, label: String, id: String) -> String {
    let top = 20.0
    let xs = series.flatMap { $0.points.map(\.x) }
    let (least, most) = (xs.min() ?? 0, xs.max() ?? 1)
    func x(_ value: Double) -> Double {
      left + AnytimePlot.width * (value - least) / max(most - least, 1e-300)
    }
    func y(_ value: Double) -> Double {
      top + AnytimePlot.height * (high - value) / (high - low)
    }
    var parts = [
      "<clipPath id=\"\(id)\"><rect x=\"\(text(left))\" y=\"\(text(top))\" "
        + "width=\"\(text(AnytimePlot.width))\" height=\"\(text(AnytimePlot.height))\"/></clipPath>"
    ]
    let bottom = top + AnytimePlot.height
    for tick in AnytimePlot.ticks(low, high) {
      parts.append(line(left, y(tick), left + AnytimePlot.width, y(tick), "#e4e4e4"))
      parts.append(words(AnytimePlot.label(tick), left - 7, y(tick) + 4, "end"))
    }
    for tick in AnytimePlot.ticks(least, most) {
      parts.append(line(x(tick), bottom, x(tick), bottom + 5, "#444"))
      parts.append(words(AnytimePlot.label(tick), x(tick), bottom + 19, "middle"))
    }
    parts.append(line(left, bottom, left + AnytimePlot.width, bottom, "#444"))
    parts.append(line(left, top, left, bottom, "#444"))
    parts.append(words(label, left + AnytimePlot.width / 2, bottom + 40, "middle"))
    let middle = top + AnytimePlot.height / 2
    parts.append(
      "<text transform=\"translate(\(text(left - 62)) \(text(middle))) rotate(-90)\" "
        + "text-anchor=\"middle\">\(escaped(report)), mean and 95 % interval</text>")
    parts.append("<g clip-path=\"url(#\(id))\">")
    for (index, series) in series.enumerated() {
      let points = series.points.filter { $0.summary.mean.isFinite }
      guard points.count > 1 else { continue }
      let band =
        points.map { "\(text(x($0.x))),\(text(y($0.summary.mean + bounded($0.summary.margin))))" }
        + points.reversed().map {
          "\(text(x($0.x))),\(text(y($0.summary.mean - bounded($0.summary.margin))))"
        }
      let mean = points.map { "\(text(x($0.x))),\(text(y($0.summary.mean)))" }
      let colour = AnytimePlot.colours[index % AnytimePlot.colours.count]
      parts.append(
        "<polygon points=\"\(band.joined(separator: " "))\" fill=\"\(colour)\" opacity=\"0.15\"/>")
      parts.append(
        "<polyline points=\"\(mean.joined(separator: " "))\" fill=\"none\" stroke=\"\(colour)\" "
          + "stroke-width=\"1.8\"\(dash(index))/>")
    }
    parts.append("</g>")
    return parts.joined(separator: "\n")
  }

  private func legend(x left: Double, y top: Double) -> String {
    curves.enumerated().map { index, curve in
      let x = left + Double(index % 4) * 250
      let y = top + Double(index / 4) * 20
      let colour = AnytimePlot.colours[index % AnytimePlot.colours.count]
      return "<line x1=\"\(text(x))\" y1=\"\(text(y - 4))\" x2=\"\(text(x + 28))\" "
        + "y2=\"\(text(y - 4))\" stroke=\"\(colour)\" stroke-width=\"2.5\"\(dash(index))/>"
        + words(curve.strategy, x + 34, y, "start")
    }.joined(separator: "\n")
  }

  private func dash(_ index: Int) -> String {
    let dash = AnytimePlot.dashes[index / AnytimePlot.colours.count % AnytimePlot.dashes.count]
    return dash.isEmpty ? "" : " stroke-dasharray=\"\(dash)\""
  }

  private func bounded(_ margin: Double) -> Double {
    margin.isFinite ? margin : 0
  }

  private func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ colour: String
  ) -> String {
    "<line x1=\"\(text(x1))\" y1=\"\(text(y1))\" x2=\"\(text(x2))\" y2=\"\(text(y2))\" "
      + "stroke=\"\(colour)\"/>"
  }

  private func words(_ words: String, _ x: Double, _ y: Double, _ anchor: String) -> String {
    "<text x=\"\(text(x))\" y=\"\(text(y))\" text-anchor=\"\(anchor)\">\(escaped(words))</text>"
  }

  private func text(_ value: Double) -> String { String(format: "%.2f", value) }

  private func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
      .replacingOccurrences(of: ">", with: "&gt;")
  }

  /// Round numbers in a range, four to ten of them.
  private static func ticks(_ low: Double, _ high: Double) -> [Double] {
    let rough = max(high - low, 1e-300) / 5
    let power = pow(10, floor(log10(rough)))
    let step = ([1, 2, 5].map { $0 * power }.first { $0 >= rough * 0.6 }) ?? 10 * power
    let first = (low / step).rounded(.up)
    let last = (high / step).rounded(.down)
    guard first <= last, last - first < 50 else { return [] }
    return stride(from: first, through: last, by: 1).map { $0 * step }
  }

  private static func label(_ value: Double) -> String {
    if value != 0, abs(value) >= 1e6 || abs(value) < 1e-3 { return String(format: "%.3g", value) }
    return String(format: "%.7g", (value * 1e6).rounded() / 1e6)
  }
}
