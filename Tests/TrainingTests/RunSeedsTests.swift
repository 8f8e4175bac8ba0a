import Domain
import Testing
import Training

@Suite struct RunSeedsTests {
  private func seeds(
    _ role: WorkOrder.Role, number: Int = 1, repetition: Int = 0, attempt: Int = 1, seed: UInt64 = 3
  ) -> RunSeeds {
    let content = DatasetContent(
      digest: "", shape: TensorShape(features: 1), classes: [], trainRows: 0, testRows: 0,
      testSplit: "", validationFraction: 0, trainCounts: [], testCounts: [], minimum: 0, maximum: 0,
      mean: 0, deviation: 0, sizeBytes: 0, source: "", licence: "")
    return RunSeeds(
      WorkOrder(
        job: "job_1", role: role, number: number, repetition: repetition, attempt: attempt,
        seed: seed, space: ComponentChoice("mlp"), genotype: Genotype([]), datasetPath: "",
        dataset: content, schedule: TrainingSchedule(samplesSeen: 1), parentWeights: nil,
        weightsFolder: nil, secondsLeft: nil, memoryLimitBytes: 0,
        numerics: Numerics(engineVersion: "1", isa: "generic", threads: 1)))
  }

  @Test func `every order of a job has its own streams, every attempt the same`() {
    var all: Set<UInt64> = []
    var count = 0
    for role in [WorkOrder.Role.trial, .selection, .test] {
      for number in 1...3 {
        for repetition in 0..<(role == .trial ? 1 : 3) {
          let own = seeds(role, number: number, repetition: repetition)
          all.formUnion([own.initialisation, own.dropout])
          count += 2
          #expect(own == seeds(role, number: number, repetition: repetition, attempt: 2))
        }
      }
    }
    #expect(all.count == count)
    #expect(seeds(.trial, seed: 4) != seeds(.trial))
  }
}
