import Domain

/// Resolves requests on a made-up data set.
protocol ResolvesRequests {}

extension ResolvesRequests {
  func resolve(_ body: JSONValue, _ dataset: Dataset? = toyDataset()) throws -> JobRequest {
    try JobRequest.resolve(body, catalog: toyCatalog, dataset: dataset)
  }

  /// Pointers of the faults of a body, in order.
  func faults(_ body: JSONValue, _ dataset: Dataset? = toyDataset()) -> [String] {
    do {
      _ = try resolve(body, dataset)
      return []
    } catch let error as ServiceError {
      return error.code == .validation ? error.faults.map(\.pointer) : ["\(error.code)"]
    } catch {
      return ["\(error)"]
    }
  }
}
