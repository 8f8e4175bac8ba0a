import Domain
import Testing

@Suite struct GenotypeTests {
  private let points = [
    DecisionPoint("depth", values: ["1", "2", "3"], isOrdered: true),
    DecisionPoint("first", values: ["a", "b"]),
    DecisionPoint("second", values: ["a", "b"], condition: .init(index: 0, values: [1, 2])),
    DecisionPoint("third", values: ["a", "b", "c"], condition: .init(index: 0, values: [2])),
  ]

  @Test func `random genotypes lie in the space and reach every value`() {
    var generator = SeededGenerator(seed: 11)
    var seen: Set<Genotype> = []
    for _ in 0..<2_000 {
      let genotype = Genotype.random(in: points, using: &generator)
      #expect(genotype.lies(in: points))
      seen.insert(genotype)
    }
    #expect(seen.count == 2 + 4 + 12, "depth 1, 2 and 3 have 2, 4 and 12 genotypes")
  }

  @Test func `a mutation changes one decision and what depends on it`() throws {
    var generator = SeededGenerator(seed: 12)
    for _ in 0..<2_000 {
      let parent = Genotype.random(in: points, using: &generator)
      let child = try #require(parent.mutated(in: points, using: &generator))
      #expect(child.lies(in: points))
      #expect(child != parent)
      let changed = points.indices.filter { parent.decisions[$0] != child.decisions[$0] }
      if parent.decisions[0] == child.decisions[0] { #expect(changed.count == 1) }
    }
  }

  @Test(arguments: [
    [0, 0], [0, 0, 0, nil], [1, 0, nil, nil], [3, 0, nil, nil], [0, nil, nil, nil],
  ])
  func `a genotype off the space is told apart`(decisions: [Int?]) {
    #expect(!Genotype(decisions).lies(in: points))
  }

  @Test func `a space without a choice has no mutation`() {
    var generator = SeededGenerator(seed: 1)
    let single = [DecisionPoint("only", values: ["x"])]
    #expect(Genotype([0]).mutated(in: single, using: &generator) == nil)
  }

  @Test func `the JSON form is the bare array`() throws {
    let genotype = Genotype([1, nil, 0])
    #expect(try decodeAgain(genotype) == genotype)
  }

  @Test func `neighbours are all the changes of one decision`() {
    var generator = SeededGenerator(seed: 13)
    let shallow = Genotype([0, 1, nil, nil]).neighbours(in: points, using: &generator)
    #expect(shallow.count == 2 + 1)
    let deep = Genotype([2, 0, 1, 2]).neighbours(in: points, using: &generator)
    #expect(deep.count == 2 + 1 + 1 + 2)
    #expect(Set(deep).count == deep.count)
    #expect((shallow + deep).allSatisfy { $0.lies(in: points) })
    #expect(deep.contains(Genotype([0, 0, nil, nil])), "what depends on a change is cleared")
  }

  @Test func `a crossing takes every decision from a parent`() {
    var generator = SeededGenerator(seed: 14)
    let mother = Genotype([2, 0, 0, 0])
    let father = Genotype([2, 1, 1, 1])
    var children: Set<Genotype> = []
    for _ in 0..<200 {
      children.insert(.crossed(mother, father, in: points, using: &generator))
    }
    #expect(children.count == 8, "two values of each of three decisions")
    for _ in 0..<500 {
      let pair = (0..<2).map { _ in Genotype.random(in: points, using: &generator) }
      #expect(Genotype.crossed(pair[0], pair[1], in: points, using: &generator).lies(in: points))
    }
  }

  @Test func `a walk finds the last genotype that is not taken, and then none`() {
    var generator = SeededGenerator(seed: 15)
    var taken: Set<Genotype> = []
    while let next = Genotype.first(in: points, using: &generator, where: taken.contains) {
      #expect(next.lies(in: points))
      #expect(taken.insert(next).inserted)
    }
    #expect(taken.count == 18)
    #expect(Genotype.first(in: [], using: &generator) { _ in false } == Genotype([]))
  }
}
