internal import Architectures
package import Domain
internal import Foundation

/// A made-up benchmark on the NAS-Bench-201 cell: single effects, pair effects and a saturating score;
/// cells without a path score 0.10.
///
/// The seed is, of 1…89, the one whose median and 99th percentile come closest to 0.840 and 0.9306, those
/// of the table that the strategies' reference results were measured on. It is frozen.
package struct SyntheticTable: Sendable {
  /// Deviation of an observation's noise.
  package static let noise = 0.003

  private let raw: [Double?]
  private let range: ClosedRange<Double>

  /// Draws the table of a seed.
  package init(seed: UInt64 = 35) {
    var generator = SeededGenerator(seed: seed)
    // One number per pair of edges and pair of operations.
    let pairs = (0..<6 * 6 * 5 * 5).map { _ in 0.15 * StandardNormal.draw(using: &generator) }
    let use = [0, 0.35, 0.55, 1.0, 0.15]
    let weight = [0.9, 0.7, 0.8, 1.1, 0.7, 1.0]
    let paths = [[3], [0, 4], [1, 5], [0, 2, 5]]
    raw = (0..<15_625).map { number in
      let operations = SyntheticTable.operations(number)
      let live = paths.filter { $0.allSatisfy { operations[$0] != 0 } }
      guard !live.isEmpty else { return nil }
      let used = Set(live.joined()).sorted()
      var value = used.contains { operations[$0] == 2 || operations[$0] == 3 } ? 0.0 : -1.0
      for (place, edge) in used.enumerated() {
        value += weight[edge] * use[operations[edge]]
        for other in used.dropFirst(place + 1) {
          value += pairs[((edge * 6 + other) * 5 + operations[edge]) * 5 + operations[other]]
        }
      }
      return value
    }
    let live = raw.compactMap { $0 }
    range = (live.min() ?? 0)...(live.max() ?? 1)
  }

  /// The true score of a cell.
  package subscript(genotype: Genotype) -> Double {
    let number = genotype.decisions.reversed().reduce(0) { $0 * 5 + ($1 ?? 0) }
    guard let value = raw[number] else { return 0.10 }
    let x = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    return 0.55 + 0.40 * (1 - exp(-2.2 * x)) / (1 - exp(-2.2))
  }

  /// All scores, sorted.
  package var scores: [Double] { genotypes.map { self[$0] }.sorted() }

  /// The table as a benchmark: the signal is the score with noise, the report the score itself.
  ///
  /// - Throws: `SpaceError` never in practice: the strings are the space's own.
  package func benchmark() throws -> BenchmarkTable {
    let space = NASBench201Space()
    let scores = BenchmarkTable.Column("score", genotypes.map { self[$0] })
    return try BenchmarkTable(
      space: ComponentChoice(NASBench201Space.entry.id), codes: genotypes.map(space.code),
      signals: [scores], report: scores, noise: SyntheticTable.noise)
  }

  private var genotypes: [Genotype] {
    raw.indices.map { Genotype(SyntheticTable.operations($0).map { $0 }) }
  }

  private static func operations(_ number: Int) -> [Int] {
    var rest = number
    return (0..<6).map { _ in
      defer { rest /= 5 }
      return rest % 5
    }
  }
}
