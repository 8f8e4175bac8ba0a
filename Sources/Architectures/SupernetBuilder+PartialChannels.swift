internal import Domain

extension SupernetBuilder {
  /// An edge of which the first channels alone go through the branches.
  mutating func chooseOnPart(
    _ rule: ChoiceRule, on source: Int, _ partial: PartialChannels,
    among branches: [(inout SupernetBuilder, Int) throws -> Int]
  ) throws -> Int {
    let channels = shape(of: source).channels
    let share = channels / partial.divisor
    let part = add(
      .slice(start: 0, count: share), [source], shape(of: source, channels: share), named: "part")
    let mixed = try mix(rule, on: part, among: branches)
    var rest = add(
      .slice(start: share, count: channels - share), [source],
      shape(of: source, channels: channels - share), named: "rest")
    let (from, to) = (shape(of: rest), shape(of: mixed))
    if from.height != to.height || from.width != to.width {
      rest = try scoped("around") { builder in
        if from.height % 2 + from.width % 2 > 0 {
          rest = try builder.apply(
            .spatialPad(
              height: from.height + from.height % 2, width: from.width + from.width % 2), [rest],
            named: "pad")
        }
        return try builder.apply(
          .maxPool(kernel: 2, stride: 2, padding: 0), [rest], named: "pool")
      }
    }
    let whole = try apply(.concat, [mixed, rest], named: "whole")
    return add(.shuffle(groups: partial.divisor), [whole], shape(of: whole), named: "shuffle")
  }

  private func shape(of value: Int, channels: Int) -> TensorShape {
    var shape = shape(of: value)
    shape.channels = channels
    return shape
  }
}
