internal import Domain

/// How a controller walks through decision points, and where its tensors lie among its weights.
///
/// Points of one kind share a head and an embedding. A point that decides nothing (one value) and the
/// depth of a chain, which a schedule sets, take no step.
package struct PolicyPlan: Sendable {
  /// A part of the controller's weights: a matrix by rows, or a vector.
  package struct Tensor: Hashable, Sendable {
    package let name: String
    let start: Int
    let rows: Int
    let columns: Int

    package var range: Range<Int> { start..<start + rows * columns }
  }

  /// What the controller learns for one kind of point.
  struct Kind: Sendable {
    let values: Int
    /// Of shape [values, hidden].
    let embedding: Tensor
    /// Of shape [hidden, values].
    let head: Tensor
    let bias: Tensor
  }

  /// What a point asks of the controller.
  enum Role: Hashable, Sendable {
    /// Decides nothing.
    case none
    case depth
    case choice(kind: Int)
    /// Links two anchors, given by their numbers.
    case link(from: Int, to: Int)
  }

  let roles: [Role]
  /// For each point, the number of the anchor that is set after it.
  let anchorAfter: [Int?]
  let anchors: Int
  let kinds: [Kind]
  /// What the first step reads, [1, hidden].
  let first: Tensor
  /// Per layer [2 · hidden, 4 · hidden] over input and last output; gates in the order input, forget,
  /// cell, output.
  let recurrent: [Tensor]
  let recurrentBias: [Tensor]
  /// [hidden, hidden] for the earlier and the later end of a link, and [hidden, 1]; nil without links.
  let links: (earlier: Tensor, later: Tensor, score: Tensor)?
  /// All tensors, in order.
  package let tensors: [Tensor]

  init(_ points: [DecisionPoint], hidden: Int, layers: Int) {
    var tensors: [Tensor] = []
    func add(_ name: String, _ rows: Int, _ columns: Int) -> Tensor {
      let tensor = Tensor(
        name: name, start: tensors.last?.range.upperBound ?? 0, rows: rows, columns: columns)
      tensors.append(tensor)
      return tensor
    }
    first = add("start", 1, hidden)
    recurrent = (0..<layers).map { add("recurrent.\($0).weight", 2 * hidden, 4 * hidden) }
    recurrentBias = (0..<layers).map { add("recurrent.\($0).bias", 1, 4 * hidden) }
    let ends = Set(points.compactMap(\.link).flatMap { [$0.from, $0.to] }).sorted()
    let numbers = Dictionary(uniqueKeysWithValues: zip(ends, ends.indices))
    anchors = ends.count
    anchorAfter = points.indices.map { numbers[$0] }
    links =
      ends.isEmpty
      ? nil
      : (
        add("links.earlier", hidden, hidden), add("links.later", hidden, hidden),
        add("links.score", hidden, 1)
      )
    var names: [String] = []
    var sizes: [Int] = []
    roles = points.enumerated().map { index, point in
      if point.kind == DecisionPoint.depth { return .depth }
      if let link = point.link, point.values.count == 2, let from = numbers[link.from],
        let to = numbers[link.to], link.from < index, link.to < index
      {
        return .link(from: from, to: to)
      }
      guard point.values.count > 1 else { return .none }
      let name = point.kind.map { "kind \($0)" } ?? "point \(index)"
      if let kind = names.firstIndex(of: name) {
        sizes[kind] = max(sizes[kind], point.values.count)
        return .choice(kind: kind)
      }
      names.append(name)
      sizes.append(point.values.count)
      return .choice(kind: names.count - 1)
    }
    kinds = zip(names, sizes).map { name, size in
      Kind(
        values: size, embedding: add("\(name).embedding", size, hidden),
        head: add("\(name).head", hidden, size), bias: add("\(name).bias", 1, size))
    }
    self.tensors = tensors
  }

  /// How many numbers all tensors hold.
  var count: Int { tensors.last?.range.upperBound ?? 0 }
}
