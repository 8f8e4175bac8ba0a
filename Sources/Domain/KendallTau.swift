/// Kendall's rank correlation with ties: whether two measures put things in the same order.
///
/// - Source: Kendall 1945, "The treatment of ties in ranking problems": τ_b.
package struct KendallTau: Hashable, Sendable {
  /// −1…1; 0 where one of the measures never differs.
  package let value: Double

  /// Compares two measures of the same things, which must be equally many.
  ///
  /// - Complexity: O(n²).
  package init(_ first: [Double], _ second: [Double]) {
    precondition(first.count == second.count)
    var agreement = 0
    var apart = (first: 0, second: 0)
    for i in first.indices {
      for j in 0..<i {
        let x = first[i] == first[j] ? 0 : first[i] > first[j] ? 1 : -1
        let y = second[i] == second[j] ? 0 : second[i] > second[j] ? 1 : -1
        agreement += x * y
        apart.first += x * x
        apart.second += y * y
      }
    }
    let scale = (Double(apart.first) * Double(apart.second)).squareRoot()
    value = scale > 0 ? Double(agreement) / scale : 0
  }
}
