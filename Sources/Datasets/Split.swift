package import Domain

/// A job's own division of the rows outside the test split: what it trains on, what it validates on.
package struct Split: Sendable {
  package let train: Rows
  package let validation: Rows

  /// Draws a stratified split: of each class as many validation rows as `content.validationCounts` says.
  package init(_ map: DatasetMap, _ content: DatasetContent, jobSeed: UInt64) {
    let all = map.fittingRows
    let counts = content.validationCounts
    var isValidation = [Bool](repeating: false, count: all.count)
    let strata = Stratum.rows(of: all.section.labels, classes: content.classes.count)
    for (index, rows) in strata.enumerated() {
      var generator = SeededGenerator(jobSeed: jobSeed, purpose: .split, step: index)
      for row in generator.shuffled(rows).prefix(counts[index]) { isValidation[Int(row)] = true }
    }
    train = Rows(
      section: all.section, indices: all.indices.filter { !isValidation[Int($0)] })
    validation = Rows(
      section: all.section, indices: all.indices.filter { isValidation[Int($0)] })
  }
}
