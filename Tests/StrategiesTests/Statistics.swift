import Domain
import Foundation

extension SeededGenerator {
  /// A number of the standard normal distribution (Box–Muller).
  mutating func normal() -> Double {
    let radius = (-2 * log(1 - unit())).squareRoot()
    return radius * cos(2 * Double.pi * unit())
  }
}
