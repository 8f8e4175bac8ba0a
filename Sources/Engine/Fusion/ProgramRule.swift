/// A rewriting of kernel calls that leaves what they compute unchanged.
protocol ProgramRule: SendableMetatype {
  static func apply(_ editor: inout ProgramEditor)
}

extension Program {
  /// All rules, in the order they help each other.
  static let rules: [any ProgramRule.Type] = [
    AccumulateInPlace.self, MeasureOnTheWayOut.self, ActivateOnTheWayOut.self, MaskInGradient.self,
    ReuseInPlace.self,
  ]

  /// The program after all rules.
  consuming func fused() -> Program {
    var editor = ProgramEditor(self)
    for rule in Program.rules { rule.apply(&editor) }
    return editor.finished()
  }
}
