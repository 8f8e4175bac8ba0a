/// The tensors of one network, named by scope path and laid out as PyTorch lays them out.
package struct Weights: Codable, Hashable, Sendable {
  private var tensors: [String: Tensor] = [:]

  package init() {}

  package init(_ tensors: [String: Tensor]) {
    self.tensors = tensors
  }

  /// The names, sorted.
  package var keys: [String] { tensors.keys.sorted() }

  package var count: Int { tensors.count }

  package subscript(key: String) -> Tensor? {
    get { tensors[key] }
    set { tensors[key] = newValue }
  }
}
