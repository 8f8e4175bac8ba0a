internal import Architectures
internal import Datasets
package import Domain
internal import Synchronization

/// Answers an order from a benchmark table instead of training: a pure function of order and table.
///
/// A trial and a selection bring the signal, a test the report, which no other order can read. Every
/// string has values of its own, isomorphic or not. No weights are made, so none are inherited: an order
/// with a parent is answered like one without. Seeds and schedules change nothing.
package final class TableEstimator: Sendable {
  private struct Kept {
    var table: (digest: String, path: String, map: TableMap)?
    var space: (choice: ComponentChoice, space: any SearchSpace)?
  }

  private let kept = Mutex(Kept())

  /// An estimator with nothing kept yet.
  package init() {}

  /// Carries one order out.
  package func run(_ order: WorkOrder, watch: TrainingWatch) -> Outcome {
    do {
      return try estimate(order, watch)
    } catch let error as SpaceError {
      return .infeasible(reason: error.message, nil)
    } catch let error as ServiceError {
      return error.code == .storage
        ? .storage(reason: error.description) : .failed(reason: error.description)
    } catch {
      return .failed(reason: "\(error)")
    }
  }

  private func estimate(_ order: WorkOrder, _ watch: TrainingWatch) throws -> Outcome {
    let start = watch.clock()
    if watch.isCancelled() { return .cancelled }
    let (map, space) = try kept.withLock { kept in
      (try TableEstimator.map(order, &kept), try TableEstimator.space(order, &kept))
    }
    let architecture = try SpaceRegistry.decode(
      order.space, order.genotype, input: order.dataset.shape,
      classes: order.dataset.classes.count)
    var evaluation = Evaluation(
      fingerprint: architecture.fingerprint,
      metrics: [
        MetricName.parameters: Double(architecture.parameters),
        MetricName.macs: Double(architecture.macs),
      ],
      measured: [:], curve: [], weights: nil)
    let code = space.code(of: order.genotype)
    guard let entry = map.entry(of: code) else {
      return .infeasible(reason: "the table has no row of \(code)", evaluation)
    }
    evaluation.metrics[MetricName.cost] = entry.cost ?? Double(architecture.macs)
    if let permit = TestPermit(order) {
      evaluation.metrics[MetricName.testAccuracy] = try map.report(of: entry, for: permit)
    } else {
      let name =
        order.role == .trial ? MetricName.searchAccuracy : MetricName.validationAccuracy
      evaluation.metrics[name] = entry.signal
      let measurement = Measurement(
        epoch: 1, metrics: [MetricName.validationAccuracy: entry.signal],
        seconds: watch.clock() - start)
      evaluation.curve = [measurement]
      if watch.report(measurement) == .cancel { return .cancelled }
    }
    evaluation.measured["train_seconds"] = watch.clock() - start
    return .completed(evaluation)
  }

  private static func map(_ order: WorkOrder, _ kept: inout Kept) throws -> TableMap {
    let digest = order.dataset.digest
    if let table = kept.table, table.digest == digest, table.path == order.datasetPath {
      return table.map
    }
    let map = try TableMap(path: order.datasetPath, content: order.dataset)
    kept.table = (digest, order.datasetPath, map)
    return map
  }

  private static func space(_ order: WorkOrder, _ kept: inout Kept) throws -> any SearchSpace {
    if let space = kept.space, space.choice == order.space { return space.space }
    let space = try SpaceRegistry.space(order.space)
    kept.space = (order.space, space)
    return space
  }
}
