import Architectures
import Domain
import Engine
import Foundation
import Testing

@Suite struct ExporterTests {
  private let code =
    "|nor_conv_3x3~0|+|none~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_1x1~1|none~2|"

  private func samples() throws -> [Architecture] {
    try [decodeCell(code)] + CheckSpace.all.flatMap { try $0.decodedSamples(5) }
  }

  @Test func `the registry lists the three formats`() {
    #expect(ExporterRegistry.all.map(\.id) == ["json", "dot", "safetensors"])
    #expect(ExporterRegistry.all.map(\.needsWeights) == [false, false, true])
  }

  @Test func `JSON is read back to the same architecture and is the same every time`() throws {
    for architecture in try samples() {
      let bytes = try JSONExporter().export(architecture, weights: nil)
      let again = try JSONDecoder().decode(Architecture.self, from: Data(bytes))
      #expect(again == architecture)
      #expect(try JSONExporter().export(again, weights: nil) == bytes)
    }
  }

  @Test func `JSON has sorted snake_case keys`() throws {
    let text = String(
      decoding: try JSONExporter().export(decodeCell(code), weights: nil), as: UTF8.self)
    #expect(text.contains("\"format\" : \"atelier.architecture/1\""))
    #expect(text.contains("\"space_version\" : 1"))
    #expect(text.contains("\"operation\" : \"batch_norm\""))
    let keys = text.matches(of: #/(?m)^  "(\w+)"/#).map { String($0.1) }
    #expect(keys == keys.sorted() && keys.count == 12)
  }

  @Test func `DOT names every live node and edge, and Graphviz draws it`() throws {
    for architecture in try samples() {
      let bytes = try DOTExporter().export(architecture, weights: nil)
      let text = String(decoding: bytes, as: UTF8.self)
      for node in architecture.nodes {
        let isDead = architecture.dead.contains(node.id)
        #expect(text.contains(" n\(node.id) [label=") == !isDead)
      }
      #expect(text.filter { $0 == "{" }.count == text.filter { $0 == "}" }.count)
      #expect(architecture.dead.isEmpty || text.contains("left out"))
    }
    let text = String(
      decoding: try DOTExporter().export(decodeCell(code), weights: nil), as: UTF8.self)
    #expect(text.contains("subgraph \"cluster_stages.0.cells.0.edges.0.nor_conv_3x3\""))
    #expect(text.contains("conv2d 3×3, 16, stride 2×2\\n4×4×16"))
    guard let svg = try draw(text) else { return }
    #expect(svg.contains("</svg>") && svg.contains("conv2d 1×1"))
  }

  /// What `dot -Tsvg` makes of a drawing, or nil with a printed reason.
  private func draw(_ text: String) throws -> String? {
    guard
      let dot = ["/usr/bin/dot", "/usr/local/bin/dot"].first(
        where: FileManager.default.isExecutableFile)
    else {
      print("skipped: Graphviz is not installed")
      return nil
    }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "dot-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let source = folder.appendingPathComponent("net.dot")
    let picture = folder.appendingPathComponent("net.svg")
    try text.write(to: source, atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: dot)
    process.arguments = ["-Tsvg", source.path, "-o", picture.path]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return try String(contentsOf: picture, encoding: .utf8)
  }

  private func weights(of architecture: Architecture) -> Weights {
    Weights(
      architecture.tensorShapes.mapValues {
        Tensor(shape: $0, values: [Float](repeating: 0.5, count: $0.reduce(1, *)))
      })
  }

  @Test func `fitting weights pass through byte by byte`() throws {
    let architecture = try decodeCell(code)
    let bytes = Safetensors.encode(weights(of: architecture), metadata: ["any": "thing"])
    #expect(try SafetensorsExporter().export(architecture, weights: bytes) == bytes)
  }

  @Test func `weights of another network, broken ones and none at all are refused by name`() throws
  {
    let architecture = try decodeCell(code)
    func refusal(_ bytes: [UInt8]?) throws -> ServiceError? {
      #expect(throws: ServiceError.self) {
        try SafetensorsExporter().export(architecture, weights: bytes)
      }
    }
    #expect(try refusal(nil)?.code == .notReady)
    #expect(try refusal([1, 2, 3])?.code == .conflict)
    var missing = weights(of: architecture)
    missing["stem.conv.weight"] = nil
    #expect(try refusal(Safetensors.encode(missing))?.message.contains("stem.conv.weight") == true)
    var wrong = weights(of: architecture)
    wrong["head.linear.bias"] = Tensor(shape: [9], values: [Float](repeating: 0, count: 9))
    #expect(try refusal(Safetensors.encode(wrong))?.message.contains("[9]") == true)
    var extra = weights(of: architecture)
    extra["stranger"] = Tensor(shape: [1], values: [0])
    #expect(try refusal(Safetensors.encode(extra))?.message.contains("stranger") == true)
  }
}
