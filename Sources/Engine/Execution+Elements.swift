// Reading and writing elements of the arena whatever their type.
extension Execution {
  /// A stretch of the arena that tests and weights look at.
  package enum Stretch: Hashable, Sendable {
    case inputs
    /// A parameter or running statistic, in the arena's order.
    case parameter(String)
    /// A learned parameter's gradient after a training step, in the arena's order; 0 where the
    /// parameter took no part in it.
    case gradient(String)
    /// The gradient of the inputs, where the plan computes it.
    case inputGradient
    case logits
    /// The mixing weights of a choice as the last pass used them, and the loss's gradient by these very weights after a
    /// training step (not by the architecture parameters): summed over all places of the choice, 0
    /// for branches whose weight is 0 and for zeros.
    case mixing(String)
    case mixingGradient(String)
  }

  /// The elements of a stretch; empty when the plan has no such stretch.
  package func read(_ stretch: Stretch) -> [Double] {
    guard let (offset, count) = range(stretch) else { return [] }
    if case .gradient = stretch { settleGradients() }
    let start = address(offset)
    return (0..<count).map { index in
      plan.kernels.elementBytes == 8
        ? start.load(fromByteOffset: 8 * index, as: Double.self)
        : Double(start.load(fromByteOffset: 4 * index, as: Float.self))
    }
  }

  /// Replaces as many elements of a stretch as there are values and room.
  package func write(_ values: [Double], to stretch: Stretch) {
    guard let (offset, count) = range(stretch) else { return }
    let start = address(offset)
    for (index, value) in values.prefix(count).enumerated() {
      if plan.kernels.elementBytes == 8 {
        start.storeBytes(of: value, toByteOffset: 8 * index, as: Double.self)
      } else {
        start.storeBytes(of: Float(value), toByteOffset: 4 * index, as: Float.self)
      }
    }
  }

  /// Sets all elements of a region to zero.
  func clear(_ region: Region) {
    _ = bytes(of: region).initializeMemory(as: UInt8.self, repeating: 0)
  }

  /// The memory of a region.
  func bytes(of region: Region) -> UnsafeMutableRawBufferPointer {
    let start = plan.regions[region, default: 0]
    let count = Region(rawValue: region.rawValue + 1).map { plan.regions[$0, default: 0] - start }
    return UnsafeMutableRawBufferPointer(
      start: address(start), count: (count ?? 0) * plan.kernels.elementBytes)
  }

  /// Where a stretch lies, in elements; nil when the plan has none.
  func range(_ stretch: Stretch) -> (offset: Int, count: Int)? {
    switch stretch {
    case .inputs: (plan.regions[.inputs, default: 0], plan.batch * plan.inputShape.count)
    case .parameter(let key): parameterRange(key) { $0 }
    case .gradient(let key): parameterRange(key) { $0 == .parameters ? .gradients : nil }
    case .inputGradient: plan.inputGradient.map { ($0, plan.batch * plan.inputShape.count) }
    case .mixing(let key): mixingRange(key, .mixing)
    case .mixingGradient(let key): mixingRange(key, .mixingGradients)
    case .logits: (currentLogits, plan.batch * plan.classes)
    }
  }

  private func mixingRange(_ key: String, _ region: Region) -> (offset: Int, count: Int)? {
    guard let entry = plan.table[key], entry.parameter.group == .architecture else { return nil }
    let offset = entry.offset - plan.table.architectureStart
    return (plan.regions[region, default: 0] + offset, entry.parameter.layout.count)
  }

  private func parameterRange(
    _ key: String, in region: (Region) -> Region?
  ) -> (offset: Int, count: Int)? {
    guard let entry = plan.table[key], let region = region(entry.region) else { return nil }
    return (plan.regions[region, default: 0] + entry.offset, entry.parameter.layout.count)
  }
}
