import Domain
import Foundation

/// A space of one point, enough for a catalog whose spaces are never decoded.
struct ToySpace: SearchSpace {
  let points = [DecisionPoint("operation", values: ["a", "b"])]
  let cardinality = "2"

  func describe<Builder: NetworkBuilder>(into builder: inout Builder) throws -> Builder.Value {
    builder.input
  }

  func code(of genotype: Genotype) -> String { "\(genotype.decisions[0] ?? 0)" }

  func genotype(of code: String) throws -> Genotype {
    guard let value = Int(code) else { throw SpaceError("not a number: \(code)") }
    return Genotype([value])
  }
}

/// A strategy that proposes nothing.
struct ToyStrategy: SearchStrategy {
  mutating func propose() throws -> Candidate? { nil }
  mutating func observe(_ trial: Trial) throws {}
}

/// The names and parameters a request can give, without what they stand for.
let toyCatalog = Catalog(
  spaces: Registry([
    SpaceEntry(
      id: "nasbench201-cell", version: 1, summary: "cells", paper: "", inputs: [.image],
      parameters: [
        Parameter("width", .integer(min: 1, max: 64), default: 8, "Channels of the first stage.")
      ], make: { _ in ToySpace() }),
    SpaceEntry(
      id: "mlp", version: 1, summary: "features", paper: "", inputs: [.tabular], parameters: [],
      make: { _ in ToySpace() }),
    SpaceEntry(
      id: "chain", version: 1, summary: "layers", paper: "", inputs: [.image], parameters: [],
      make: { _ in ToySpace() }),
  ]),
  strategies: Registry(
    ["random", "regularized-evolution", "gaussian-process"].map { id in
      StrategyEntry(
        id: id, summary: "", paper: "",
        parameters: id == "random"
          ? []
          : [
            Parameter("population", .integer(min: 2, max: 1000), default: 20, "Its size."),
            Parameter("sample", .integer(min: 1, max: 1000), default: 5, "Contestants."),
          ],
        honoursObjectives: id != "random",
        make: { context in
          let (population, sample) = (
            context.parameters.integer("population"), context.parameters.integer("sample")
          )
          if sample > population {
            throw ServiceError(.validation, "sample \(sample) is above population \(population)")
          }
          return ToyStrategy()
        }, restore: { _, _ in ToyStrategy() })
    } + [
      StrategyEntry(
        id: "at-home", summary: "", paper: "", parameters: [], homeSpace: "chain",
        make: { _ in ToyStrategy() }, restore: { _, _ in ToyStrategy() }),
      StrategyEntry(
        id: "nowhere-else", summary: "", paper: "", parameters: [], homeSpace: "chain",
        spaces: ["chain"], make: { _ in ToyStrategy() }, restore: { _, _ in ToyStrategy() }),
      StrategyEntry(
        id: "sharing", summary: "", paper: "",
        parameters: [Parameter("rounds", .integer(min: 1, max: 9), default: 2, "Supernets.")],
        honoursObjectives: true, supernets: { $0.integer("rounds") },
        make: { _ in ToyStrategy() }, restore: { _, _ in ToyStrategy() }),
    ]),
  proxies: ["snip", "macs"], formats: Registry([]), exporters: [],
  decode: { _, _, _, _ in throw SpaceError("a toy has no network") })

/// A sealed set of `rows` rows outside test, a fifth of which a job validates on.
func toyDataset(
  _ name: String = "digits", shape: TensorShape = TensorShape(height: 8, width: 8, channels: 1),
  rows: Int = 1440, format: String = "csv", state: Dataset.State = .sealed,
  table: TableContent? = nil
) -> Dataset {
  let content = DatasetContent(
    digest: "d", shape: shape, classes: ["0", "1"], trainRows: rows, testRows: 360,
    testSplit: "official", validationFraction: 0.2, trainCounts: [rows / 2, rows / 2],
    testCounts: [180, 180], minimum: 0, maximum: 16, mean: 5, deviation: 6, sizeBytes: 1000,
    source: "", licence: "", table: table)
  return Dataset(
    id: "ds_1", name: name, isBuiltIn: true, format: format, options: DatasetOptions(),
    state: state, files: [], content: state == .sealed ? content : nil, created: Date())
}
