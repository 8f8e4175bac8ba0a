/// How strong the branches of a supernet's choices are.
struct Strengths {
  private let byKey: [String: [Double]]

  init(_ byKey: [String: [Double]]) {
    self.byKey = byKey
  }

  /// One branch's; 0 where nothing is said of it.
  func of(_ branch: Int, _ key: String) -> Double {
    guard let strengths = byKey[key], strengths.indices.contains(branch) else { return 0 }
    return strengths[branch]
  }

  /// Whether anything is said of a choice.
  func know(_ key: String) -> Bool { byKey[key] != nil }

  /// The strongest of some branches, the first of equals; `branches` must not be empty.
  func strongest(of branches: some Collection<Int>, _ key: String) -> Int? {
    guard var best = branches.first else { return nil }
    for branch in branches where of(branch, key) > of(best, key) { best = branch }
    return best
  }
}
