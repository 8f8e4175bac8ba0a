internal import CKernels

/// Where every parameter of a network lies in its region.
struct ParameterTable: Sendable {
  /// A parameter with its place; two nodes with the same key share one.
  struct Entry: Sendable {
    let parameter: Parameter
    let region: Region
    /// In elements from the region's start.
    let offset: Int
    /// The number of the choice that it mixes, if it is an architecture parameter.
    let choice: Int?
  }

  /// In the order of the graph.
  private(set) var entries: [Entry] = []
  /// By node of the graph: the places of its parameters in `entries`, in the operation's order.
  private(set) var ofNodes: [[Int]]
  /// Learned values, padding not counted.
  private(set) var learnedCount = 0
  /// Elements of the regions of parameters and of running statistics, padding counted.
  private(set) var learnedExtent = 0
  private(set) var statisticsExtent = 0
  /// Where, in the region of the parameters, those of the architecture begin: after all weights.
  private(set) var architectureStart = 0
  /// Keys of the architecture parameters, in order; a choice is a place in this list.
  private(set) var choices: [String] = []
  private var places: [String: Int] = [:]

  /// Places the parameters of all operations of a graph, live or not.
  ///
  /// - Throws: `ShapeError` when two operations share a key but not its shape, or a tensor is too
  ///   large.
  init(_ graph: Graph) throws(ShapeError) {
    ofNodes = Array(repeating: [], count: graph.count)
    places.reserveCapacity(2 * graph.count)
    entries.reserveCapacity(2 * graph.count)
    var architecture: [(node: Int, position: Int, parameter: Parameter, operation: String)] = []
    for node in graph.entries.indices {
      guard let operation = graph.entries[node].operation else { continue }
      let shapes = graph.entries[node].inputs.map { graph.shape(of: $0) }
      let parameters = operation.parameters(shapes)
      for position in parameters.indices {
        if parameters[position].group == .architecture {
          architecture.append((node, position, parameters[position], operation.name))
          ofNodes[node].append(-1)
        } else {
          ofNodes[node].append(try add(parameters[position], of: operation.name))
        }
      }
    }
    architectureStart = learnedExtent
    for (node, position, parameter, operation) in architecture {
      ofNodes[node][position] = try add(parameter, of: operation)
    }
    guard learnedExtent < Int(Int32.max) else {
      throw ShapeError(
        operation: "plan", message: "has \(learnedCount) parameters; it must be less than 2^31")
    }
  }

  /// Elements of the architecture parameters, padding counted.
  var mixingExtent: Int { learnedExtent - architectureStart }

  subscript(key: String) -> Entry? {
    places[key].map { entries[$0] }
  }

  /// The place of a parameter, new if its key is.
  private mutating func add(
    _ parameter: Parameter, of operation: String
  ) throws(ShapeError) -> Int {
    if let place = places.updateValue(entries.count, forKey: parameter.key) {
      places[parameter.key] = place
      guard entries[place].parameter == parameter else {
        throw ShapeError(
          operation: operation,
          message: "key '\(parameter.key)' has shape \(parameter.layout.shape); it must be "
            + "\(entries[place].parameter.layout.shape), which the key has elsewhere")
      }
      return place
    }
    guard parameter.layout.count < Int(Int32.max) else {
      throw ShapeError(
        operation: operation,
        message:
          "'\(parameter.key)' has \(parameter.layout.count) values; it must be less than 2^31"
      )
    }
    let offset = parameter.isLearned ? learnedExtent : statisticsExtent
    let isChoice = parameter.group == .architecture
    entries.append(
      Entry(
        parameter: parameter, region: parameter.isLearned ? .parameters : .statistics,
        offset: offset, choice: isChoice ? choices.count : nil))
    let end = Placement.aligned(offset + parameter.layout.count)
    if parameter.isLearned {
      learnedExtent = end
      learnedCount += parameter.layout.count
    } else {
      statisticsExtent = end
    }
    if isChoice { choices.append(parameter.key) }
    return entries.count - 1
  }
}
