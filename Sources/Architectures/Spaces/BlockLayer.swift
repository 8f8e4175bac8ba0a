internal import Domain

/// One layer of a block as a Network Structure Code writes it: what it does and which earlier layers
/// it reads; 0 is the block's input.
///
/// - Source: Zhong et al. 2017, arXiv:1708.05552, table 1.
package struct BlockLayer: Hashable, Sendable {
  /// What a layer does; the raw values are the published type numbers.
  package enum Operation: Int, Sendable, CaseIterable {
    case convolution = 1
    case maxPool, averagePool, identity, add, concat, terminal

    fileprivate var word: String {
      switch self {
      case .convolution: "conv"
      case .maxPool: "max"
      case .averagePool: "average"
      case .identity: "identity"
      case .add: "add"
      case .concat: "concat"
      case .terminal: "terminal"
      }
    }
  }

  package let operation: Operation
  /// 0 where the operation has none.
  package let kernel: Int
  /// Numbers of the layers it reads, ascending.
  package let inputs: [Int]

  package init(_ operation: Operation, kernel: Int = 0, inputs: [Int] = []) {
    self.operation = operation
    self.kernel = kernel
    self.inputs = inputs
  }

  /// All layers that may stand at `index`, from 1, in the order of a decision point's values; the
  /// terminal, which index 1 lacks, is the last.
  ///
  /// - Complexity: (k + 4) · i + i² − i layers and the terminal, for k kernels: O(i²).
  package static func choices(at index: Int, kernels: [Int]) -> [BlockLayer] {
    let single: [(Operation, [Int])] = [
      (.convolution, kernels), (.maxPool, [1, 3]), (.averagePool, [1, 3]), (.identity, [0]),
    ]
    var layers = single.flatMap { operation, kernels in
      kernels.flatMap { kernel in
        (0..<index).map { BlockLayer(operation, kernel: kernel, inputs: [$0]) }
      }
    }
    for operation in [Operation.add, .concat] {
      for first in 0..<index {
        for second in first + 1..<max(first + 1, index) {
          layers.append(BlockLayer(operation, inputs: [first, second]))
        }
      }
    }
    return index >= 2 ? layers + [BlockLayer(.terminal)] : layers
  }

  /// The operation and its kernel, for a figure: `conv 3`.
  package var title: String {
    kernel > 0 ? "\(operation.word) \(kernel)" : operation.word
  }

  /// Title and inputs: `conv 3 (0)`, `add (0, 2)`.
  package var label: String {
    inputs.isEmpty ? title : "\(title) (\(inputs.map(String.init).joined(separator: ", ")))"
  }

  /// The published five numbers: `(index,type,kernel,pred1,pred2)`.
  package func tuple(at index: Int) -> String {
    let preds = inputs + Array(repeating: 0, count: 2 - inputs.count)
    return "(\(index),\(operation.rawValue),\(kernel),\(preds[0]),\(preds[1]))"
  }
}
