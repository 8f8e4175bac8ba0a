/// Which gradients of the last training step are of that step, and which are left from steps before.
///
/// A step writes the gradients of what takes part alone; the others are made zero when someone looks.
final class GradientBoard {
  private let stretches: [(range: Range<Int>, gate: Int)]
  /// By stretch: whether it took part in the last step, and whether anything but zeros is in it.
  private let took: UnsafeMutableBufferPointer<Bool>
  private let isFilled: UnsafeMutableBufferPointer<Bool>

  init(_ plan: Plan) {
    stretches = plan.stretches
    took = .allocate(capacity: stretches.count)
    took.initialize(repeating: true)
    isFilled = .allocate(capacity: stretches.count)
    isFilled.initialize(repeating: false)
  }

  deinit {
    took.deallocate()
    isFilled.deallocate()
  }

  /// Notes a training step with these gates; nil: all are open.
  func note(_ open: UnsafeMutableBufferPointer<UInt8>?) {
    for (number, stretch) in stretches.enumerated() {
      took[number] = open.map { $0[stretch.gate] != 0 } ?? true
      if took[number] { isFilled[number] = true }
    }
  }

  /// Makes zero, in the gradients that start at `base`, what took no part in the last step.
  func settle(_ base: UnsafeMutableRawPointer, elementBytes: Int) {
    for (number, stretch) in stretches.enumerated() where isFilled[number] && !took[number] {
      (base + stretch.range.lowerBound * elementBytes).initializeMemory(
        as: UInt8.self, repeating: 0, count: stretch.range.count * elementBytes)
      isFilled[number] = false
    }
  }
}
