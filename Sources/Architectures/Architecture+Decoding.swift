package import Domain

extension Architecture {
  /// Decodes a genotype of a space on an input shape.
  ///
  /// - Throws: `SpaceError` when the genotype is not of this space or does not fit the input.
  package init(
    of space: any SearchSpace, named choice: ComponentChoice, version: Int, genotype: Genotype,
    input: TensorShape, classes: Int
  ) throws {
    guard genotype.lies(in: space.points) else {
      throw SpaceError(
        "the genotype of \(genotype.decisions.count) decisions is not one of \(choice.name), "
          + "which has \(space.points.count) points with conditions and ranges of their own")
    }
    guard input.height > 0, input.width > 0, input.channels > 0, classes > 1 else {
      throw SpaceError("input \(input) with \(classes) classes: extents ≥ 1 and classes ≥ 2")
    }
    var builder = ChildBuilder(genotype: genotype, input: input, classes: classes)
    let output = try space.describe(into: &builder)
    let liveness = Liveness(builder.nodes, output: output)
    self.init(
      space: choice, spaceVersion: version, genotype: genotype, code: space.code(of: genotype),
      input: input, classes: classes, nodes: builder.nodes, output: output, cells: builder.cells,
      dead: builder.nodes.indices.filter { !liveness.isLive[$0] },
      fingerprint: Canonical.fingerprint(
        builder.nodes, output: output, liveness: liveness, input: input, classes: classes))
  }
}
