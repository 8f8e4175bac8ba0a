/// A network made ready to run: a training step and an inference pass over one arena.
package struct Plan: Sendable {
  package let batch: Int
  package let inputShape: Shape
  package let classes: Int
  package let optimizer: OptimizerRule
  package let isa: InstructionSet
  /// Learned values.
  package let parameterCount: Int
  /// Bytes of the arena, known before anything is allocated and equal to what is used.
  package let arenaBytes: Int

  /// Plans training and inference of the network that ends in `logits`.
  ///
  /// - Throws: `ShapeError` when the graph has not exactly one input, when `logits` is not a
  ///   vector, or when `batch` is out of range.
  package init(
    _ graph: Graph, logits: Graph.Node, batch: Int, optimizer: OptimizerRule,
    gradientClip: Float? = nil, isa: InstructionSet = .best
  ) throws(ShapeError) {
    throw ShapeError(operation: "plan", message: "planning is not there yet")
  }
}
