import Engine
import Foundation

/// What PyTorch computed; the files are made by Fixtures/make_golden.py.
enum Golden {
  /// One operation with a linear head: a forward and a backward pass.
  struct Pass: Decodable {
    let loss: Double
    let logits: [Double]
    let inputGradient: [Double]
    let gradients: [String: [Double]]
    let statistics: [String: [Double]]

    enum CodingKeys: String, CodingKey {
      case loss, logits
      case inputGradient = "input_gradient"
      case gradients, statistics
    }
  }

  /// The losses of a training of 30 steps, and an evaluation after it.
  struct Curve: Decodable {
    let losses: [Double]
    let evaluationLossSum: Double
    let evaluationCorrect: Int

    enum CodingKeys: String, CodingKey {
      case losses
      case evaluationLossSum = "evaluation_loss_sum"
      case evaluationCorrect = "evaluation_correct"
    }
  }

  private struct File<Content: Decodable>: Decodable {
    let values: [String: Content]
  }

  static func passes() throws -> [String: Pass] { try read("operations.json") }

  static func curves() throws -> [String: Curve] { try read("curves.json") }

  private static func read<Content: Decodable>(_ name: String) throws -> [String: Content] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let data = try Data(contentsOf: folder.appending(path: "Fixtures/\(name)"))
    return try JSONDecoder().decode(File<Content>.self, from: data).values
  }

  /// Sets every learned parameter by the formula: the i-th from the stream 1000 + i.
  static func start(_ execution: Execution) throws {
    var weights = Weights()
    for (index, key) in execution.plan.learnedKeys.enumerated() {
      let shape = execution.plan.shape(ofParameter: key) ?? []
      let count = shape.reduce(1, *)
      var stream = SplitMix(UInt64(1000 + index))
      let scale = shape.count == 1 ? 0.25 : 1 / Double(count / shape[0]).squareRoot()
      let values = stream.values(count, scale: scale).map { shape.count == 1 ? $0 + 1 : $0 }
      weights[key] = Tensor(shape: shape, values: values.map { Float($0) })
    }
    for key in execution.plan.keys where key.contains(".running_") {
      let shape = execution.plan.shape(ofParameter: key) ?? []
      let value: Float = key.hasSuffix("var") ? 1 : 0
      weights[key] = Tensor(
        shape: shape, values: Array(repeating: value, count: shape.reduce(1, *)))
    }
    try execution.load(weights)
  }

  /// Fills the batch from one stream: values, then labels.
  static func fill(_ execution: Execution, seed: UInt64) {
    var stream = SplitMix(seed)
    let plan = execution.plan
    execution.write(stream.values(plan.batch * plan.inputShape.count), to: .inputs)
    for (row, label) in stream.labels(plan.batch, classes: plan.classes).enumerated() {
      execution.labels[row] = label
    }
  }
}
