package import Domain

extension DARTSCellSpace: RelaxedSpace {
  /// The cells as published: an edge is as strong as its strongest operation but `none`; every node
  /// keeps its two strongest edges, and on each the strongest operation but `none`.
  ///
  /// Where strengths also weigh the edges of a node against each other, an operation's is multiplied by
  /// its edge's. Of equally strong edges the earlier is kept.
  ///
  /// - Source: Liu et al. 2019, arXiv:1806.09055, §2.4; Xu et al. 2020, arXiv:1907.05737, §3.3 (edges).
  package func genotype(deriving strengths: [String: [Double]]) -> Genotype {
    let strengths = Strengths(strengths)
    let branches = 1..<operations.count
    return Genotype(
      names.indices.flatMap { cell in
        (0..<nodes).flatMap { node -> [Int?] in
          let nodeKey = key(ofNode: node, cell: cell)
          let edges = (0..<node + 2).map { state in
            let key = key(ofEdge: DARTSCell.edge(from: state, to: node), cell: cell)
            let branch = strengths.strongest(of: branches, key) ?? 1
            let share = strengths.know(nodeKey) ? strengths.of(state, nodeKey) : 1
            return (state: state, branch: branch, strength: strengths.of(branch, key) * share)
          }
          let kept = edges.sorted {
            $0.strength == $1.strength ? $0.state < $1.state : $0.strength > $1.strength
          }.prefix(2).sorted { $0.state < $1.state }
          let pair = DARTSCell.pairs(ofNode: node).firstIndex {
            $0 == (kept[0].state, kept[1].state)
          }
          return [pair, kept[0].branch - 1, kept[1].branch - 1]
        }
      })
  }

  package var branchNames: [String: [String]] {
    let operations = operations.map(\.rawValue)
    var named: [String: [String]] = [:]
    for cell in names.indices {
      for node in 0..<nodes {
        let states = 0..<node + 2
        named[key(ofNode: node, cell: cell)] = states.map { "state \($0)" }
        for state in states {
          named[key(ofEdge: DARTSCell.edge(from: state, to: node), cell: cell)] = operations
        }
      }
    }
    return named
  }

  /// What weighs the edges of a node against each other.
  func key(ofNode node: Int, cell: Int) -> String { "\(names[cell]).nodes.\(node)" }
}
