/// One operation of an architecture, with all that fixes its shape; weights are not part of it.
package enum Layer: Hashable, Sendable {
  /// Convolution over NHWC; `padding` zeros on each side; weights [kh, kw, in / groups, filters].
  case conv2d(
    filters: Int, kernel: Extent, stride: Extent, dilation: Int, groups: Int, padding: Extent,
    bias: Bool)
  /// Batch normalisation over N, H, W; `affine` adds a learned scale and shift.
  case batchNorm(affine: Bool)
  case relu
  /// Element-wise sum of inputs of one shape.
  case add
  /// Concatenation on the channel axis.
  case concat
  case maxPool(kernel: Int, stride: Int, padding: Int)
  /// Average pooling; padded positions are not counted.
  case averagePool(kernel: Int, stride: Int, padding: Int)
  /// Mean over height and width, to 1 × 1 × C.
  case globalAveragePool
  /// Fully connected over the flattened sample (height, then width, then channel).
  case linear(units: Int, bias: Bool)
  /// All zeros, subsampled by the stride; keeps the shape of an edge that carries nothing.
  case zero(stride: Int)
  /// Zeros appended below and to the right up to the given size.
  case spatialPad(height: Int, width: Int)
  case identity
  case dropout(rate: Double)
  /// 1×1 convolution without bias of every `stride`-th pixel from the `shift`-th on, down and right;
  /// pixels beyond the image are zeros.
  case shiftedConv(filters: Int, stride: Int, shift: Int)
  /// Drops whole samples with a probability that grows from 0 to `rate` in the course of a final
  /// training; in a trial it is the identity.
  case dropPath(rate: Double)

  /// A size in two directions.
  package struct Extent: Codable, Hashable, Sendable {
    package var height: Int
    package var width: Int

    package init(_ height: Int, _ width: Int) {
      self.height = height
      self.width = width
    }

    /// The same in both directions.
    package init(_ both: Int) {
      self.init(both, both)
    }
  }

  /// A square convolution that keeps the size at stride 1: padding = dilation · (k − 1) / 2.
  package static func conv(
    _ filters: Int, kernel: Int, stride: Int = 1, dilation: Int = 1, groups: Int = 1,
    bias: Bool = false
  ) -> Layer {
    .conv2d(
      filters: filters, kernel: Extent(kernel), stride: Extent(stride), dilation: dilation,
      groups: groups, padding: Extent(dilation * (kernel - 1) / 2), bias: bias)
  }
}
