// The learned parameters as a flat block, for methods that compute with all of them at once.
extension Execution {
  /// Calls `body` with all learned parameters of the group `.weights`, with their gradients and with
  /// the optimizer's first moments, element by element in one order; empty on double kernels.
  ///
  /// After `train(updating: [])` the gradients are those of the batch, before any clipping; those of
  /// parameters that took no part, as in branches that were not chosen, are 0. What lies between
  /// two parameters is 0 in all three and should be left so. Architecture parameters are not among
  /// them: they lie behind the weights, and are read and written by key (`read`, `write`).
  package func withWeights<R>(
    _ body: (
      _ values: UnsafeMutableBufferPointer<Float>, _ gradients: UnsafeMutableBufferPointer<Float>,
      _ momentum: UnsafeMutableBufferPointer<Float>
    ) -> R
  ) -> R {
    settleGradients()
    let count = plan.table.architectureStart
    func block(_ region: Region) -> UnsafeMutableBufferPointer<Float> {
      floats(at: plan.regions[region, default: 0], count: count)
    }
    return body(block(.parameters), block(.gradients), block(.firstMoments))
  }
}
