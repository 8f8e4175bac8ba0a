internal import Domain

/// Which rows of a decoded table are the test split, fixed when the data set is sealed.
struct TestSplit {
  /// Rows outside the test split, ascending.
  let train: [Int32]
  /// Rows in the test split, ascending.
  let test: [Int32]
  /// Rows of each class.
  let trainCounts: [Int]
  let testCounts: [Int]
  let isOfficial: Bool
  /// Share and seed of a split that was held out.
  let fraction: Double?
  let seed: Int?

  /// The official split where the table has one, else a stratified one by the options.
  ///
  /// - Throws: `ServiceError(.dataset)` for fewer than two classes, or none with rows enough.
  init(_ table: DecodedTable, _ options: DatasetOptions) throws {
    let labels = table.labels
    isOfficial = table.officialTestRows != nil
    if let testRows = table.officialTestRows {
      let first = labels.count - testRows
      train = (0..<first).map(Int32.init)
      test = (first..<labels.count).map(Int32.init)
      fraction = nil
      seed = nil
    } else {
      let share = options.testFraction ?? DatasetSealer.testFraction
      let seed = options.testSeed ?? 0
      (train, test) = TestSplit.holdOut(labels, classes: table.classes.count, share, seed)
      fraction = share
      self.seed = seed
    }
    trainCounts = TestSplit.counts(labels, train, classes: table.classes.count)
    testCounts = TestSplit.counts(labels, test, classes: table.classes.count)
    let present = table.classes.indices.filter { trainCounts[$0] > 0 }
    guard present.count > 1 else {
      let only = present.first.map { table.classes[$0] } ?? "none"
      throw ServiceError(
        .dataset, "one class: every training label is '\(only)'; there must be two or more")
    }
    guard !test.isEmpty else {
      throw ServiceError(
        .dataset, "\(labels.count) rows: too few to hold out a test split; some class must have 3")
    }
  }

  /// Draws each class's share; a class of at least 3 rows gives one or more and keeps two or more.
  private static func holdOut(
    _ labels: [Int32], classes: Int, _ share: Double, _ seed: Int
  ) -> (train: [Int32], test: [Int32]) {
    var isTest = [Bool](repeating: false, count: labels.count)
    for (index, rows) in Stratum.rows(of: labels, classes: classes).enumerated() {
      let count =
        rows.count < 3
        ? 0 : min(rows.count - 2, max(1, Int((Double(rows.count) * share).rounded())))
      // Trial −1 keeps this stream apart from that of a job with the same seed.
      var generator = SeededGenerator(
        jobSeed: UInt64(truncatingIfNeeded: seed), trial: -1, purpose: .split, step: index)
      for row in generator.shuffled(rows).prefix(count) { isTest[Int(row)] = true }
    }
    let all = (0..<labels.count).map(Int32.init)
    return (all.filter { !isTest[Int($0)] }, all.filter { isTest[Int($0)] })
  }

  private static func counts(_ labels: [Int32], _ rows: [Int32], classes: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: classes)
    for row in rows { counts[Int(labels[Int(row)])] += 1 }
    return counts
  }
}

/// The rows of one class.
enum Stratum {
  /// For each class the rows that have it, ascending.
  static func rows(of labels: some Collection<Int32>, classes: Int) -> [[Int32]] {
    var rows = [[Int32]](repeating: [], count: classes)
    for (row, label) in labels.enumerated() { rows[Int(label)].append(Int32(row)) }
    return rows
  }
}
