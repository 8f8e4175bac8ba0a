internal import Domain
internal import Foundation

/// Strategies and spaces, and samples of a space.
struct CatalogController: Sendable {
  let dependencies: Dependencies

  private var catalog: Catalog { dependencies.catalog }

  var routes: [Route] {
    [
      Route("GET", "/v1/strategies", answer: listStrategies),
      Route("GET", "/v1/strategies/{id}", answer: getStrategy),
      Route("GET", "/v1/pruners", answer: listPruners),
      Route("GET", "/v1/spaces", answer: listSpaces),
      Route("GET", "/v1/spaces/{id}", answer: getSpace),
      Route("POST", "/v1/spaces/{id}/sample", body: .optionalJSON, answer: sample),
    ]
  }

  private func listStrategies(_ request: Request) async throws -> Response {
    try QueryReader(request).finish()
    return CatalogController.page(
      catalog.strategies.entries.map { CatalogWire.strategy($0, spaces: catalog.spaces.ids) })
  }

  private func getStrategy(_ request: Request) async throws -> Response {
    try QueryReader(request).finish()
    guard let entry = catalog.strategies[request["id"]] else {
      throw CatalogController.unknown("strategy", request["id"], catalog.strategies.ids)
    }
    return Response(json: CatalogWire.strategy(entry, spaces: catalog.spaces.ids))
  }

  private func listPruners(_ request: Request) async throws -> Response {
    try QueryReader(request).finish()
    return CatalogController.page(catalog.pruners.entries.map(CatalogWire.pruner))
  }

  private func listSpaces(_ request: Request) async throws -> Response {
    try QueryReader(request).finish()
    return CatalogController.page(try catalog.spaces.entries.map(wire))
  }

  private func getSpace(_ request: Request) async throws -> Response {
    try QueryReader(request).finish()
    return Response(json: try wire(entry(request["id"])))
  }

  private func sample(_ request: Request) async throws -> Response {
    try QueryReader(request).finish()
    let entry = try entry(request["id"])
    let body = try request.json()
    var faults = FaultCollector()
    guard
      let fields = faults.object(body, at: "", members: ["count", "seed", "params", "dataset"])
    else { throw ServiceError(.validation, "the body must be an object", faults: faults.faults) }
    let count = faults.integer(fields["count"], at: "/count", in: 1...100) ?? 1
    let seed = faults.integer(fields["seed"], at: "/seed", in: 0...9_007_199_254_740_991) ?? 0
    var given: [String: JSONValue] = [:]
    if let params = fields["params"], params != .null {
      given = params.objectValue?.filter { $0.value != .null } ?? [:]
      if params.objectValue == nil {
        faults.add("/params", "must be an object, not \(params.kind)")
      }
    }
    let parameters = faults.gather {
      Parameters(given, for: entry.parameters, at: "/params", faults: &$0)
    }
    let isImage = entry.inputs.contains(.image)
    var input =
      isImage
      ? TensorShape(height: 32, width: 32, channels: 3) : TensorShape(features: 16)
    var classes = 10
    if let name = faults.line(fields["dataset"], at: "/dataset", length: 1...200) {
      if let content = try await dependencies.datasets.dataset(name)?.content {
        input = content.shape
        classes = content.classes.count
        if !entry.inputs.contains(content.inputKind) {
          faults.add("/dataset", "\(entry.id) does not read \(content.inputKind.rawValue) samples")
        }
      } else {
        faults.add("/dataset", "no sealed data set '\(name)'")
      }
    }
    if !faults.faults.isEmpty {
      throw ServiceError(.validation, "the request is wrong", faults: faults.faults)
    }
    let choice = ComponentChoice(entry.id, params: parameters.values)
    let space = try catalog.space(choice)
    let data = (0..<count).map { index in
      var generator = SeededGenerator(jobSeed: UInt64(seed), purpose: .sample, step: index)
      let genotype = Genotype.random(in: space.points, using: &generator)
      return member(genotype, of: space, choice, input: input, classes: classes)
    }
    return Response(json: [
      "space": JSONValue(choice), "seed": .int(seed), "input": JSONValue(input),
      "classes": .int(classes), "data": .array(data),
    ])
  }

  private func member(
    _ genotype: Genotype, of space: any SearchSpace, _ choice: ComponentChoice,
    input: TensorShape, classes: Int
  ) -> JSONValue {
    var architecture: Architecture?
    var failure: String?
    do {
      architecture = try catalog.decode(choice, genotype, input, classes)
    } catch {
      failure = "\(error)"
    }
    return [
      "genotype": JSONValue(genotype), "code": .string(space.code(of: genotype)),
      "decisions": TrialWire.decisions(genotype, space.points),
      "fingerprint": .text(architecture?.fingerprint),
      "parameters": .int(architecture?.parameters), "macs": .int(architecture?.macs),
      "failure": .text(failure),
    ]
  }

  private func entry(_ id: String) throws -> SpaceEntry {
    guard let entry = catalog.spaces[id] else {
      throw CatalogController.unknown("space", id, catalog.spaces.ids)
    }
    return entry
  }

  private func wire(_ entry: SpaceEntry) throws -> JSONValue {
    CatalogWire.space(entry, try catalog.space(ComponentChoice(entry.id)))
  }

  private static func page(_ rows: [JSONValue]) -> Response {
    Response(json: ["data": .array(rows), "next_page_token": .null])
  }

  private static func unknown(_ what: String, _ id: String, _ known: [String]) -> ServiceError {
    ServiceError(
      .unknownResource, "no \(what) '\(id)'; known are \(known.joined(separator: ", "))")
  }
}
