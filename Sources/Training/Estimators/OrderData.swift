internal import Datasets
internal import Domain

/// The rows an order may train and validate on; the test split is none of its business.
struct OrderData: Sendable {
  let fitting: Rows
  /// nil where the order trains on everything outside the test split.
  let validation: Rows?
  /// Measured on the fitting rows alone.
  let normalisation: Normalisation

  /// Train and validation by the job's seed, or both together for an order of the role `test`.
  init(_ map: DatasetMap, _ order: WorkOrder) {
    switch order.role {
    case .trial, .selection, .supernet:
      let split = Split(map, order.dataset, jobSeed: order.seed)
      fitting = split.train
      validation = split.validation
    case .test:
      fitting = map.fittingRows
      validation = nil
    }
    normalisation = Normalisation(fitting: fitting)
  }
}

/// The mapped set and its last division, kept from one order to the next.
struct OrderDataCache: Sendable {
  private var mapped: (digest: String, path: String, map: DatasetMap)?
  private var divided: (digest: String, seed: UInt64?, data: OrderData)?

  /// The order's rows, and the set for a test that may be read at the end.
  mutating func data(for order: WorkOrder) throws -> (data: OrderData, map: DatasetMap) {
    let digest = order.dataset.digest
    let map: DatasetMap
    if let mapped, mapped.digest == digest, mapped.path == order.datasetPath {
      map = mapped.map
    } else {
      map = try DatasetMap(path: order.datasetPath, content: order.dataset)
      mapped = (digest, order.datasetPath, map)
      divided = nil
    }
    let seed = order.role == .test ? nil : order.seed
    if let divided, divided.digest == digest, divided.seed == seed { return (divided.data, map) }
    let data = OrderData(map, order)
    divided = (digest, seed, data)
    return (data, map)
  }
}
