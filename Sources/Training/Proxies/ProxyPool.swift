internal import Architectures
internal import Domain
internal import Engine

/// Uniform draws from a space with their scores by a proxy: a function of the job's seed, space and
/// data alone.
struct ProxyPool: Sendable {
  /// A draw of which a network can be made.
  struct Member: Sendable {
    let genotype: Genotype
    let fingerprint: String
    let score: Double
  }

  /// In the order they were drawn.
  let members: [Member]

  /// Draws until there are `size` members, or some and they are enough; nil when the time is over.
  ///
  /// Of a space in which hardly any draw fits the data there are fewer: four times `size` are drawn at most.
  /// - Throws: as `Proxy.score`.
  init?(
    _ proxy: Proxy, size: Int, of order: WorkOrder, _ batch: ProxyBatch, isa: InstructionSet,
    isEnough: () -> Bool = { false }, isOver: () -> Bool
  ) throws {
    let points = try SpaceRegistry.space(order.space).points
    var members: [Member] = []
    for draw in 0..<4 * size where members.count < size {
      if isOver() { return nil }
      if !members.isEmpty, isEnough() { break }
      var generator = SeededGenerator(jobSeed: order.seed, purpose: .sample, step: draw)
      let genotype = Genotype.random(in: points, using: &generator)
      do {
        let probe = try ProxyProbe(genotype, order, batch, isa: isa)
        _ = try probe.network()
        members.append(
          Member(
            genotype: genotype, fingerprint: probe.architecture.fingerprint,
            score: try proxy.score(probe)))
      } catch is SpaceError {
        continue
      } catch is ShapeError {
        continue
      } catch is ProxyMemoryError {
        continue
      }
    }
    self.members = members
  }

  /// The best by score, no network twice; of equal ones the first drawn.
  func best(_ count: Int) -> [Member] {
    let order = members.indices.sorted {
      members[$0].score != members[$1].score ? members[$0].score > members[$1].score : $0 < $1
    }
    var seen: Set<String> = []
    return Array(
      order.map { members[$0] }.filter { seen.insert($0.fingerprint).inserted }.prefix(count))
  }
}

extension ProxyProbe {
  /// What a proxy looks at of a genotype under an order.
  ///
  /// - Throws: `SpaceError` where it is no network on the order's data.
  init(_ genotype: Genotype, _ order: WorkOrder, _ batch: ProxyBatch, isa: InstructionSet) throws {
    let architecture = try SpaceRegistry.decode(
      order.space, genotype, input: order.dataset.shape, classes: order.dataset.classes.count)
    self.init(
      architecture, inputs: batch.inputs, labels: batch.labels, seed: batch.seed, isa: isa)
    memoryLimitBytes = order.memoryLimitBytes
  }
}
