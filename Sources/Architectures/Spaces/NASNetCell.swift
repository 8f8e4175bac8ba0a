/// A cell of pairwise blocks: each block applies two operations to two earlier states and combines them.
///
/// State 0 is the output of the cell before, state 1 that of the cell before that one, both brought to
/// the cell's width; block b makes state b + 2.
///
/// - Source: Zoph et al. 2017, arXiv:1707.07012, §3 and appendix A.
package struct NASNetCell: Hashable, Sendable {
  /// What a branch does to the state it reads; the words are those of a genotype's code.
  package enum Operation: String, Hashable, Sendable, CaseIterable {
    case identity
    case conv1x1 = "conv_1x1"
    case conv3x3 = "conv_3x3"
    case separable3x3 = "sep_3x3"
    case separable5x5 = "sep_5x5"
    case separable7x7 = "sep_7x7"
    case dilated3x3 = "dil_3x3"
    case conv1x3 = "conv_1x3_3x1"
    case conv1x7 = "conv_1x7_7x1"
    case average3x3 = "avg_3x3"
    case max3x3 = "max_3x3"
    case max5x5 = "max_5x5"
    case max7x7 = "max_7x7"
  }

  /// One operation on one state.
  package struct Branch: Hashable, Sendable {
    package let input: Int
    package let operation: Operation

    package init(_ operation: Operation, _ input: Int) {
      self.input = input
      self.operation = operation
    }
  }

  /// Two branches, added or concatenated.
  package struct Block: Hashable, Sendable {
    package let first: Branch
    package let second: Branch
    package let concatenates: Bool

    package init(_ first: Branch, _ second: Branch, concatenates: Bool = false) {
      self.first = first
      self.second = second
      self.concatenates = concatenates
    }
  }

  package let blocks: [Block]
  /// States whose concatenation is the cell's output.
  package let outputs: [Int]

  /// - Parameter outputs: nil: the states that no block reads.
  package init(_ blocks: [Block], outputs: [Int]? = nil) {
    self.blocks = blocks
    let read = Set(blocks.flatMap { [$0.first.input, $0.second.input] })
    self.outputs = outputs ?? (0..<blocks.count + 2).filter { !read.contains($0) }
  }

  /// Numbers of all states.
  package var states: Range<Int> { 0..<blocks.count + 2 }
}

extension NASNetCell {
  /// The normal cell of NASNet-A; its output also holds states that blocks read, as in the released
  /// code.
  package static let nasNetANormal = NASNetCell(
    [
      Block(Branch(.separable5x5, 0), Branch(.separable3x3, 1)),
      Block(Branch(.separable5x5, 1), Branch(.separable3x3, 1)),
      Block(Branch(.average3x3, 0), Branch(.identity, 1)),
      Block(Branch(.average3x3, 1), Branch(.average3x3, 1)),
      Block(Branch(.separable3x3, 0), Branch(.identity, 0)),
    ], outputs: [1, 2, 3, 4, 5, 6])

  /// The reduction cell of NASNet-A.
  package static let nasNetAReduction = NASNetCell(
    [
      Block(Branch(.separable5x5, 0), Branch(.separable7x7, 1)),
      Block(Branch(.max3x3, 0), Branch(.separable7x7, 1)),
      Block(Branch(.average3x3, 0), Branch(.separable5x5, 1)),
      Block(Branch(.identity, 3), Branch(.average3x3, 2)),
      Block(Branch(.separable3x3, 2), Branch(.max3x3, 0)),
    ], outputs: [3, 4, 5, 6])
}
