import Domain
import Testing

@Suite struct LayerTests {
  private let image = TensorShape(height: 9, width: 7, channels: 4)

  @Test func `shapes follow the usual formula`() throws {
    #expect(try Layer.conv(8, kernel: 3).outputShape([image]).description == "9×7×8")
    #expect(try Layer.conv(8, kernel: 3, stride: 2).outputShape([image]).description == "5×4×8")
    #expect(
      try Layer.conv(8, kernel: 5, dilation: 2).outputShape([image]).description == "9×7×8")
    #expect(
      try Layer.averagePool(kernel: 2, stride: 2, padding: 0).outputShape([image]).description
        == "4×3×4")
    #expect(try Layer.concat.outputShape([image, image]).description == "9×7×8")
    #expect(try Layer.zero(stride: 2).outputShape([image]).description == "5×4×4")
  }

  @Test func `costs count weights and multiply–accumulates`() throws {
    let layer = Layer.conv2d(
      filters: 8, kernel: .init(3), stride: .init(1), dilation: 1, groups: 2, padding: .init(1),
      bias: true)
    #expect(layer.parameterCount(image) == 3 * 3 * 2 * 8 + 8)
    #expect(layer.macs(image, try layer.outputShape([image])) == 9 * 7 * 8 * 9 * 2)
    #expect(Layer.linear(units: 10, bias: true).parameterCount(image) == 9 * 7 * 4 * 10 + 10)
  }

  @Test func `what does not fit is refused with its numbers`() {
    #expect(throws: SpaceError.self) { try Layer.add.outputShape([image, .init(features: 3)]) }
    #expect(throws: SpaceError.self) {
      try Layer.conv2d(
        filters: 8, kernel: .init(11), stride: .init(1), dilation: 1, groups: 1, padding: .init(0),
        bias: false
      ).outputShape([image])
    }
    #expect(throws: SpaceError.self) {
      try Layer.conv(9, kernel: 3, groups: 2).outputShape([image])
    }
    #expect(throws: SpaceError.self) { try Layer.relu.outputShape([image, image]) }
  }

  @Test func `every layer survives its JSON`() throws {
    let layers: [Layer] = [
      .conv(8, kernel: 3, stride: 2, groups: 2), .batchNorm(affine: false), .relu, .add, .concat,
      .maxPool(kernel: 3, stride: 2, padding: 1), .averagePool(kernel: 2, stride: 2, padding: 0),
      .globalAveragePool, .linear(units: 10, bias: true), .zero(stride: 2),
      .spatialPad(height: 9, width: 9), .identity, .dropout(rate: 0.25),
    ]
    for layer in layers { #expect(try decodeAgain(layer) == layer) }
  }
}
