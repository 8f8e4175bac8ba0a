// Parameters by name, in and out of the arena.
extension Execution {
  /// Draws all parameters anew, keyed by their names, and clears the optimizer's state.
  package func initialise(seed: UInt64) {
    for entry in plan.table.entries {
      let parameter = entry.parameter
      write(parameter.start.draw(parameter, seed: seed), to: .parameter(parameter.key))
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
      write(parameter.layout.toArena(tensor.values), to: .parameter(parameter.key))
    }
    clearOptimizer()
  }

  /// All parameters and running statistics, in PyTorch's names and order of axes.
  package func weights() -> Weights {
    var weights = Weights()
    for entry in plan.table.entries {
      let layout = entry.parameter.layout
      let values = read(.parameter(entry.parameter.key)).map { Float($0) }
      weights[entry.parameter.key] = Tensor(shape: layout.shape, values: layout.toTensor(values))
    }
    return weights
  }

  private func clearOptimizer() {
    clear(.gradients)
    clear(.firstMoments)
    clear(.secondMoments)
  }
}
