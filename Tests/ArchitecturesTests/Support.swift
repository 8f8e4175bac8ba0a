import Architectures
import CZlib
import Domain
import Foundation

let digits = TensorShape(height: 8, width: 8, channels: 1)
let table = TensorShape(features: 13)

/// Decodes a genotype of a registered space.
func decode(
  _ space: String, _ genotype: Genotype, params: [String: JSONValue] = [:],
  input: TensorShape = digits, classes: Int = 10
) throws -> Architecture {
  try SpaceRegistry.decode(
    ComponentChoice(space, params: params), genotype, input: input, classes: classes)
}

/// Decodes a NAS-Bench-201 cell by its string.
func decodeCell(
  _ code: String, params: [String: JSONValue] = [:], input: TensorShape = digits
) throws -> Architecture {
  try decode(
    "nasbench201-cell", NASBench201Space().genotype(of: code), params: params, input: input)
}

/// A space of the registry with these parameters.
func makeSpace(_ id: String, params: [String: JSONValue] = [:]) throws -> any SearchSpace {
  let entry = SpaceRegistry.all[id]
  var faults: [Fault] = []
  let parameters = Parameters(
    params, for: entry?.parameters ?? [], at: "", faults: &faults)
  guard let entry, faults.isEmpty else { throw SpaceError("no space \(id) with \(params)") }
  return try entry.make(parameters)
}

/// All 15,625 genotypes of the NAS-Bench-201 cell.
let allCells: [Genotype] = (0..<15_625).map { number in
  var rest = number
  return Genotype(
    (0..<6).map { _ in
      defer { rest /= 5 }
      return rest % 5
    })
}

/// The text of a gzip file of the published data, or nil with a printed reason.
func publishedText(_ name: String) -> String? {
  let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  let folder =
    ProcessInfo.processInfo.environment["ATELIER_TEST_DATA"] ?? root.path + "/shared/data"
  guard let file = gzopen("\(folder)/\(name)", "rb") else {
    print("skipped: \(folder)/\(name) is missing; ATELIER_TEST_DATA names its folder")
    return nil
  }
  defer { gzclose(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = gzread(file, &buffer, UInt32(buffer.count))
    guard count > 0 else { break }
    bytes += buffer.prefix(Int(count))
  }
  return String(decoding: bytes, as: UTF8.self)
}
