package import Domain

/// A search space whose choices can be weighed continuously, and read off again.
package protocol RelaxedSpace: SearchSpace {
  /// The genotype that strengths of branches stand for.
  ///
  /// - Parameter strengths: by the supernet's choices: how strong each branch is, from 0 to 1. A choice
  ///   that is missing is one of equal strengths. Of equally strong branches the first wins.
  func genotype(deriving strengths: [String: [Double]]) -> Genotype
}
