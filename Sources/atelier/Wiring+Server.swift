internal import API
internal import Architectures
internal import Domain
internal import Foundation
internal import Runner
internal import Strategies
internal import Training

extension Wiring {
  /// The HTTP server over these stores and this runner.
  ///
  /// - Parameter settings: Where it listens and what it serves besides its endpoints.
  func server(_ settings: ServerSettings) throws -> Server {
    var random = SystemRandomNumberGenerator()
    let (lock, host, runner, vault) = (lock, settings.host, runner, vault)
    return try Server(
      Dependencies(
        catalog: Wiring.catalog, jobs: store, datasets: store, vault: vault, weights: weights,
        control: runner,
        probe: { request, genotype, content in
          // A table answers in about a tenth of a millisecond and needs no arena.
          guard content.table == nil else {
            return TrialCost(
              secondsPerSample: 1e-4 / Double(request.trial.samplesSeen), arenaBytes: 0)
          }
          return try CostProbe.measure(
            request.space, genotype, input: content.shape, classes: content.classes.count,
            schedule: request.trial)
        },
        probeSupernet: { request, content, threads, check in
          let search = try OneShotRegistry.search(
            request.strategy, points: SpaceRegistry.space(request.space).points, round: 1, seed: 1)
          return try SupernetCostProbe.measure(
            search, request.space, input: content.shape, classes: content.classes.count,
            trainingRows: content.fittingRows,
            validationRows: content.trainRows - content.fittingRows, threads: threads, check: check)
        },
        compare: { try Wiring.compare($0, in: vault, check: $1) }, seed: random.next(), log: log),
      settings: settings
    ) { port in
      let address = "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
      lock.announce(address: address)
      // Requests are answered already, but the line promises a service that can train.
      while await runner.capacity().workers == 0 {
        do { try await Task.sleep(for: .milliseconds(5)) } catch { return }
      }
      FileHandle.standardOutput.write(Data("listening on \(address)\n".utf8))
    }
  }
}
