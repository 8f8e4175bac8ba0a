internal import Domain
internal import Foundation

/// The normal distribution with mean 0 and deviation 1.
enum StandardNormal {
  /// One number of it.
  ///
  /// - Source: Box & Muller 1958.
  static func draw(using generator: inout SeededGenerator) -> Double {
    let radius = (-2 * log(1 - generator.unit())).squareRoot()
    return radius * cos(2 * Double.pi * generator.unit())
  }
}
