import Architectures
import Domain
import Testing

/// Names of the branches whose strengths a search learns.
@Suite struct BranchNamesTests {
  /// Spaces whose choices can be weighed.
  private static let spaces: [any RelaxedSpace] = [
    DARTSCellSpace(cells: 3, filters: 4, nodes: 3),
    DARTSCellSpace(cells: 2, filters: 4, nodes: 1, operations: DARTSOperation.small, reductions: 0),
    NASBench201Space(), NASBench201Space(choices: .few),
  ]

  @Test(arguments: spaces.indices)
  func `every choice of the supernet, edges weighed or not, has as many names as branches`(
    _ index: Int
  ) throws {
    let space = Self.spaces[index]
    let supernet = try Supernet(
      of: space, input: TensorShape(height: 16, width: 16, channels: 3), classes: 4,
      partial: PartialChannels(divisor: 2))
    let names = space.branchNames
    #expect(Set(names.keys).isSuperset(of: supernet.choices.map(\.key)))
    for choice in supernet.choices {
      #expect(names[choice.key]?.count == choice.branches, "\(choice.key)")
    }
  }

  @Test func `edges are named by their operations, nodes by the states their edges come from`() {
    let names = DARTSCellSpace(nodes: 2).branchNames
    #expect(names["reduction.edges.4"] == DARTSOperation.allCases.map(\.rawValue))
    #expect(names["normal.nodes.1"] == ["state 0", "state 1", "state 2"])
    let bench = NASBench201Space().branchNames
    #expect(bench["cell.edges.5"] == NASBench201Space.operations)
    #expect(bench["cell.nodes.3"] == ["state 0", "state 1", "state 2"])
  }
}
