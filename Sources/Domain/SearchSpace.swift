/// A set of networks: decision points, and the one description that decodes them.
package protocol SearchSpace: Sendable {
  /// The choices to make, in a fixed order that is part of the encoding.
  var points: [DecisionPoint] { get }

  /// How many genotypes there are, as a decimal number or a formula such as `2^195`.
  var cardinality: String { get }

  /// What the branches of the choices are called whose strengths a search may learn, by the choice's
  /// key; none where a space cannot be read off strengths.
  var branchNames: [String: [String]] { get }

  /// Writes the network of a genotype (or of all of them) from `builder.input` to the class logits.
  ///
  /// - Throws: `SpaceError` when the input's shape is too small for the choices.
  func describe<Builder: NetworkBuilder>(into builder: inout Builder) throws -> Builder.Value

  /// The genotype in the space's own short notation, for example `|nor_conv_3x3~0|+…`.
  func code(of genotype: Genotype) -> String

  /// The genotype of a short notation.
  ///
  /// - Throws: `SpaceError` that names the part that cannot be read.
  func genotype(of code: String) throws -> Genotype
}

extension SearchSpace {
  package var branchNames: [String: [String]] { [:] }
}
