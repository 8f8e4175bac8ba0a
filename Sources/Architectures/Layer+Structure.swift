internal import Domain

extension Layer {
  /// Appends all that tells this layer from another; the tags are part of the fingerprint's version.
  func append(to hash: inout StructuralHash) {
    switch self {
    case .conv2d(
      let filters, let kernel, let stride, let dilation, let groups, let padding, let bias):
      for number in [
        1, filters, kernel.height, kernel.width, stride.height, stride.width, dilation, groups,
        padding.height, padding.width, bias ? 1 : 0,
      ] { hash.append(number) }
    case .batchNorm(let affine):
      hash.append(2)
      hash.append(affine ? 1 : 0)
    case .relu: hash.append(3)
    case .add: hash.append(4)
    case .concat: hash.append(5)
    case .maxPool(let kernel, let stride, let padding):
      for number in [6, kernel, stride, padding] { hash.append(number) }
    case .averagePool(let kernel, let stride, let padding):
      for number in [7, kernel, stride, padding] { hash.append(number) }
    case .globalAveragePool: hash.append(8)
    case .linear(let units, let bias):
      for number in [9, units, bias ? 1 : 0] { hash.append(number) }
    case .zero(let stride):
      for number in [10, stride] { hash.append(number) }
    case .spatialPad(let height, let width):
      for number in [11, height, width] { hash.append(number) }
    case .identity: hash.append(12)
    case .dropout(let rate):
      hash.append(13)
      hash.append(rate.bitPattern)
    case .shiftedConv(let filters, let stride, let shift):
      for number in [14, filters, stride, shift] { hash.append(number) }
    case .dropPath: hash.append(12)
    }
  }
}
