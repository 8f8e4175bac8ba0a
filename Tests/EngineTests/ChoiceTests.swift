import Engine
import Testing

@Suite struct ChoiceTests {
  @Test(arguments: 0..<Supernet.branches)
  func `a path of a supernet trains as the network it stands for`(_ path: Int) throws {
    let whole = try Supernet.execution()
    let alone = try Supernet.execution(path: path)
    try whole.choose(.branch(path), for: "alpha")
    for step in 0..<4 {
      let ours = whole.train(learningRate: 0.05, step: step, seed: 0).loss
      let theirs = alone.train(learningRate: 0.05, step: step, seed: 0).loss
      #expect(abs(ours - theirs) < 2e-5, "step \(step): \(ours) and \(theirs)")
    }
    let (mine, other) = (whole.weights(), alone.weights())
    for key in other.keys {
      let pairs = try zip(#require(mine[key]).values, #require(other[key]).values)
      #expect(pairs.allSatisfy { abs($0 - $1) < 1e-4 }, "\(key)")
    }
    #expect(abs(whole.evaluate(rows: 6).loss - alone.evaluate(rows: 6).loss) < 1e-4)
  }

  @Test func `what is not chosen does not change`() throws {
    let execution = try Supernet.execution()
    let before = execution.weights()
    try execution.choose(.branch(3), for: "alpha")
    _ = execution.train(learningRate: 0.1, step: 0, seed: 0)
    let after = execution.weights()
    for key in before.keys {
      let isChosen = key.contains(".3") || !key.contains("cell")
      let changed = before[key] != after[key]
      #expect(changed == (isChosen && key != "alpha"), "\(key)")
    }
  }

  @Test func `switching to and fro leaves no trace`() throws {
    let (still, moved) = (try Supernet.execution(), try Supernet.execution())
    for path in [4, 1, 0] { try moved.choose(.branch(path), for: "alpha") }
    try moved.choose(.mixture, for: "alpha")
    for step in 0..<3 {
      let a = still.train(learningRate: 0.05, step: step, seed: 0)
      let b = moved.train(learningRate: 0.05, step: step, seed: 0)
      #expect(a == b)
    }
    #expect(still.weights() == moved.weights())
  }

  @Test func `equal weights given are the mixture it starts as`() throws {
    let (mixed, given) = (try Supernet.execution(), try Supernet.execution())
    let share = 1 / Float(Supernet.branches)
    try given.choose(
      .weights(Array(repeating: share, count: Supernet.branches)), for: "alpha")
    let a = mixed.train(learningRate: 0, step: 0, seed: 0).loss
    let b = given.train(learningRate: 0, step: 0, seed: 0).loss
    #expect(abs(a - b) < 1e-6)
    let gradients = zip(
      mixed.read(.mixingGradient("alpha")), given.read(.mixingGradient("alpha")))
    #expect(gradients.allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func `a step changes the groups it is told to`() throws {
    for groups in [Parameter.Groups.weights, .architecture, []] {
      let execution = try Supernet.execution()
      let before = execution.weights()
      _ = execution.train(learningRate: 0.1, step: 0, seed: 0, updating: groups)
      let after = execution.weights()
      #expect((before["alpha"] != after["alpha"]) == groups.contains(.architecture))
      #expect((before["stem.weight"] != after["stem.weight"]) == groups.contains(.weights))
    }
  }

  @Test func `a choice that is not there is refused by name`() throws {
    let execution = try Supernet.execution()
    #expect(throws: ShapeError.self) { try execution.choose(.mixture, for: "beta") }
    #expect(throws: ShapeError.self) { try execution.choose(.branch(5), for: "alpha") }
    #expect(throws: ShapeError.self) { try execution.choose(.weights([1]), for: "alpha") }
  }

  @Test func `several choices at once are as one after the other`() throws {
    let (first, second) = (try NestedSupernet.execution(), try NestedSupernet.execution())
    let choices: [String: Choice] = [
      "outer": .branch(3), "inner": .weights([0.25, 0, 0.75]), "sparse": .branch(2),
    ]
    try first.choose(choices)
    for key in choices.keys.sorted() { try second.choose(try #require(choices[key]), for: key) }
    for step in 0..<3 {
      let a = first.train(learningRate: 0.05, step: step, seed: 0)
      let b = second.train(learningRate: 0.05, step: step, seed: 0)
      #expect(a == b)
    }
    #expect(first.weights() == second.weights())
  }

  @Test func `of several choices with one that is not there none is made`() throws {
    let (still, refused) = (try NestedSupernet.execution(), try NestedSupernet.execution())
    #expect(
      throws: ShapeError(
        operation: "choice", message: "branch is 3; it must be 0…2")
    ) {
      try refused.choose(["outer": .branch(1), "inner": .branch(3), "nowhere": .mixture])
    }
    #expect(
      still.train(learningRate: 0.05, step: 0, seed: 0)
        == refused.train(learningRate: 0.05, step: 0, seed: 0))
  }
}
