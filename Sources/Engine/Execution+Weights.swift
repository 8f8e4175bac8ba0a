// Parameters by name, in and out of the arena.
extension Execution {
  /// Draws all parameters anew, keyed by their names, and clears the optimizer's state.
  package func initialise(seed: UInt64) {
    for entry in plan.table.entries {
      let parameter = entry.parameter
      store(parameter.start.draw(parameter, seed: seed), in: parameter)
    }
    clearOptimizer()
  }

  /// Takes over tensors by name and clears the optimizer's state.
  ///
  /// With `partial`, tensors that are missing or of another shape leave what is there.
  ///
  /// - Throws: `WeightsError` when, without `partial`, a tensor is missing or has another shape;
  ///   then nothing has changed.
  package func load(_ weights: Weights, partial: Bool = false) throws(WeightsError) {
    var taken: [(Parameter, Tensor)] = []
    for entry in plan.table.entries {
      let parameter = entry.parameter
      let tensor = weights[parameter.key]
      if let tensor, tensor.shape == parameter.layout.shape {
        taken.append((parameter, tensor))
      } else if !partial {
        throw WeightsError(
          "'\(parameter.key)' \(tensor.map { "has shape \($0.shape)" } ?? "is missing"); "
            + "it must have shape \(parameter.layout.shape)")
      }
    }
    for (parameter, tensor) in taken {
      store(tensor.values, in: parameter)
    }
    clearOptimizer()
  }

  /// All parameters and running statistics, in PyTorch's names and order of axes.
  package func weights() -> Weights {
    var weights = Weights()
    for entry in plan.table.entries {
      weights[entry.parameter.key] = tensor(.parameter(entry.parameter.key))
    }
    return weights
  }

  /// A parameter or its gradient in PyTorch's order of axes; nil for any other stretch.
  package func tensor(_ stretch: Stretch) -> Tensor? {
    let key: String
    switch stretch {
    case .parameter(let name): key = name
    case .gradient(let name):
      settleGradients()
      key = name
    default: return nil
    }
    guard let layout = plan.table[key]?.parameter.layout else { return nil }
    guard let (offset, count) = range(stretch) else { return nil }
    let values = [Float](unsafeUninitializedCapacity: count) { values, filled in
      if plan.kernels.elementBytes == 8 {
        let start = address(offset).assumingMemoryBound(to: Double.self)
        layout.forEachPlace { tensor, arena in values[tensor] = Float(start[arena]) }
      } else {
        let start = address(offset).assumingMemoryBound(to: Float.self)
        layout.forEachPlace { tensor, arena in values[tensor] = start[arena] }
      }
      filled = count
    }
    return Tensor(shape: layout.shape, values: values)
  }

  /// Puts values in PyTorch's order of axes where a parameter lies.
  private func store(_ values: [Float], in parameter: Parameter) {
    guard let (offset, count) = range(.parameter(parameter.key)), count == values.count else {
      return
    }
    values.withUnsafeBufferPointer { values in
      if plan.kernels.elementBytes == 8 {
        let start = address(offset).assumingMemoryBound(to: Double.self)
        parameter.layout.forEachPlace { tensor, arena in start[arena] = Double(values[tensor]) }
      } else {
        let start = address(offset).assumingMemoryBound(to: Float.self)
        parameter.layout.forEachPlace { tensor, arena in start[arena] = values[tensor] }
      }
    }
  }

  private func clearOptimizer() {
    clear(.gradients)
    clear(.firstMoments)
    clear(.secondMoments)
  }
}
