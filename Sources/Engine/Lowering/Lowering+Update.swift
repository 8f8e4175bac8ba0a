internal import CKernels

extension Lowering {
  /// Emits clipping and the optimizers: one call each over every stretch of parameters that always
  /// take part together, and so over all weights of a network without choices.
  ///
  /// - Parameter rules: by group; clipping is over the weights alone.
  mutating func lowerUpdate(
    _ rules: (weights: OptimizerRule, architecture: OptimizerRule), gradientClip: Float?
  ) {
    let stretches = ParameterStretch.all(table, facts)
    for stretch in stretches where stretch.group == .weights { lowerReduction(stretch) }
    if let gradientClip { lowerClip(stretches.filter { $0.group == .weights }, gradientClip) }
    for stretch in stretches {
      lowerUpdate(stretch, stretch.group == .weights ? rules.weights : rules.architecture)
    }
  }

  private mutating func block(_ region: Region, _ stretch: ParameterStretch) -> Value {
    program.value(
      Shape(channels: stretch.range.count), rows: 1,
      home: .region(region, offset: stretch.range.lowerBound), isDense: true)
  }

  /// Adds up the gradients of all threads, in their order.
  private mutating func lowerReduction(_ stretch: ParameterStretch) {
    guard threads > 1 else { return }
    let extent = table.learnedExtent
    let copies = (1..<threads).map { thread in
      program.value(
        Shape(channels: stretch.range.count), rows: 1,
        home: .region(
          .gradientCopies, offset: (thread - 1) * extent + stretch.range.lowerBound), isDense: true)
    }
    node = graph.count - 1
    sum(copies, into: block(.gradients, stretch), adding: true, gate: stretch.gate, isSingle: true)
  }

  private mutating func lowerClip(_ stretches: [ParameterStretch], _ limit: Float) {
    let gate = Gate.open.inside(.updates(.weights))
    // The first sum replaces what the last step left; a stretch that is left out must not be first.
    let open = stretches.filter { $0.gate == .open }
    let gated = stretches.filter { $0.gate != .open }
    for (position, stretch) in (open + gated).enumerated() {
      let gradients = block(.gradients, stretch)
      emit(
        CK_SUM_SQUARES, [.read(CK_V_X, gradients), .update(CK_V_CONTROLS, controls)],
        integers: [(CK_I_ACCUMULATE, position == 0 ? 0 : 1)], gate: stretch.updates, isSingle: true)
    }
    guard !stretches.isEmpty else { return }
    emit(
      CK_CLIP_SCALE, [.update(CK_V_CONTROLS, controls)],
      reals: [(CK_F_MAX_NORM, Double(limit))], gate: gate, isSingle: true)
  }

  private mutating func lowerUpdate(_ stretch: ParameterStretch, _ rule: OptimizerRule) {
    let operands: Operands = [
      .update(CK_V_X, block(.parameters, stretch)),
      .read(CK_V_GRADIENT, block(.gradients, stretch)), .read(CK_V_CONTROLS, controls),
      .update(CK_V_MOMENTUM, block(.firstMoments, stretch)),
    ]
    switch rule {
    case .sgd(let momentum, let nesterov, let weightDecay):
      emit(
        CK_SGD, operands, integers: [(CK_I_NESTEROV, nesterov ? 1 : 0)],
        reals: [(CK_F_MOMENTUM, Double(momentum)), (CK_F_WEIGHT_DECAY, Double(weightDecay))],
        gate: stretch.updates, isSingle: true)
    case .adam(let beta1, let beta2, let epsilon, let weightDecay):
      emit(
        CK_ADAM, operands + [.update(CK_V_SECOND, block(.secondMoments, stretch))],
        reals: [
          (CK_F_BETA1, Double(beta1)), (CK_F_BETA2, Double(beta2)),
          (CK_F_EPSILON, Double(epsilon)), (CK_F_WEIGHT_DECAY, Double(weightDecay)),
        ], gate: stretch.updates, isSingle: true)
    }
  }
}
