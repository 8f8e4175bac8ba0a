/// The decoded graph of one genotype on one data set's shape, without weights.
///
/// Its JSON form is `atelier.architecture/1`. Nodes stand in topological order; node 0 is the input.
package struct Architecture: Codable, Hashable, Sendable {
  /// One operation in its place.
  package struct Node: Codable, Hashable, Sendable {
    package let id: Int
    package let layer: Layer
    package let inputs: [Int]
    package let shape: TensorShape
    package let parameters: Int
    package let macs: Int
    /// Path of the node: the stem of its weights' names, for example `stages.0.cells.1.edges.3.conv`.
    package let scope: String

    package init(
      id: Int, layer: Layer, inputs: [Int], shape: TensorShape, parameters: Int, macs: Int,
      scope: String
    ) {
      self.id = id
      self.layer = layer
      self.inputs = inputs
      self.shape = shape
      self.parameters = parameters
      self.macs = macs
      self.scope = scope
    }
  }

  /// One searched block for a figure: numbered states and labelled edges, and where it is repeated.
  package struct Cell: Codable, Hashable, Sendable {
    package struct Edge: Codable, Hashable, Sendable {
      package let from: Int
      package let to: Int
      package let operation: String
      /// False for an edge on no path from input to output.
      package let isLive: Bool

      package init(from: Int, to: Int, operation: String, isLive: Bool) {
        self.from = from
        self.to = to
        self.operation = operation
        self.isLive = isLive
      }

      private enum CodingKeys: String, CodingKey {
        case from, to, operation
        case isLive = "live"
      }
    }

    package let name: String
    package let states: [String]
    package let edges: [Edge]
    /// Scopes at which the cell stands in the network.
    package let repeats: [String]

    package init(name: String, states: [String], edges: [Edge], repeats: [String]) {
      self.name = name
      self.states = states
      self.edges = edges
      self.repeats = repeats
    }
  }

  package let format: String
  package let space: ComponentChoice
  package let spaceVersion: Int
  package let genotype: Genotype
  /// The space's own short notation of the genotype.
  package let code: String
  package let input: TensorShape
  package let classes: Int
  package let nodes: [Node]
  package let output: Int
  package let cells: [Cell]
  /// Ids of nodes on no path from input to output: cut from the fingerprint, never trained.
  package let dead: [Int]
  /// `a1-` and 32 hexadecimal digits; equal for isomorphic live graphs on equal input and classes.
  package let fingerprint: String

  package init(
    space: ComponentChoice, spaceVersion: Int, genotype: Genotype, code: String,
    input: TensorShape, classes: Int, nodes: [Node], output: Int, cells: [Cell], dead: [Int],
    fingerprint: String
  ) {
    format = "atelier.architecture/1"
    self.space = space
    self.spaceVersion = spaceVersion
    self.genotype = genotype
    self.code = code
    self.input = input
    self.classes = classes
    self.nodes = nodes
    self.output = output
    self.cells = cells
    self.dead = dead
    self.fingerprint = fingerprint
  }

  private enum CodingKeys: String, CodingKey {
    case format, space, genotype, code, input, classes, nodes, output, cells, dead, fingerprint
    case spaceVersion = "space_version"
  }

  /// Learned numbers of the live graph.
  package var parameters: Int {
    live.reduce(0) { $0 + $1.parameters }
  }

  /// Multiply–accumulates of one sample's forward pass through the live graph.
  package var macs: Int {
    live.reduce(0) { $0 + $1.macs }
  }

  /// The nodes on a path from input to output, in order.
  package var live: [Node] {
    let dead = Set(dead)
    return nodes.filter { !dead.contains($0.id) }
  }
}

/// A registry entry by name with the parameters it is given; also `"name"` alone in a request.
package struct ComponentChoice: Codable, Hashable, Sendable {
  package let name: String
  package let params: [String: JSONValue]

  package init(_ name: String, params: [String: JSONValue] = [:]) {
    self.name = name
    self.params = params
  }
}
