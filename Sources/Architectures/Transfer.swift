package import Domain

/// A genotype found in one setting of a space, to be built in another: deeper, wider, on other data.
///
/// What may change is what no decision depends on: how often cells are stacked, how wide they are, the
/// data set's shape. No weights go along.
///
/// - Source: Zoph et al. 2017, arXiv:1707.07012, §3 (cells found on CIFAR-10, stacked for ImageNet).
package struct Transfer: Sendable {
  /// The space with the parameters it has from now on.
  package let space: ComponentChoice
  package let genotype: Genotype
  /// The space's decision points, for cells drawn beside the one found.
  package let points: [DecisionPoint]

  /// - Parameters:
  ///   - code: the genotype in the space's own notation.
  ///   - origin: the space it was found in.
  ///   - params: parameters that take other values.
  /// - Throws: `SpaceError` when a parameter changes what the decisions mean, or the code is none.
  package init(
    _ code: String, from origin: ComponentChoice, changing params: [String: JSONValue]
  ) throws {
    space = ComponentChoice(
      origin.name, params: origin.params.merging(params) { _, changed in changed })
    let found = try SpaceRegistry.space(origin)
    let built = try SpaceRegistry.space(space)
    points = built.points
    guard found.points == points else {
      throw SpaceError(
        "\(origin.name) with \(params.keys.sorted().joined(separator: ", ")) has other decisions "
          + "(\(points.count)) than where '\(code)' was found (\(found.points.count))")
    }
    genotype = try built.genotype(of: code)
  }
}
