import Domain
import Testing
import Training

@Suite struct TrainingLengthTests {
  private func length(_ samples: Int, rows: Int, batch: Int) -> TrainingLength {
    TrainingLength(TrainingSchedule(samplesSeen: samples), rows: rows, batch: batch)
  }

  @Test func `whole epochs drop their last partial batch, the rest is cut to batches`() {
    #expect(length(1000, rows: 100, batch: 30).steps == 30)
    #expect(length(1065, rows: 100, batch: 30).steps == 32)
    #expect(length(1029, rows: 100, batch: 30).steps == 30)
    #expect(length(64, rows: 100, batch: 30).steps == 2)
  }

  @Test func `there is always a step`() {
    #expect(length(0, rows: 100, batch: 30).steps == 1)
    #expect(length(-5, rows: 100, batch: 30).steps == 1)
    #expect(length(10, rows: 5, batch: 5).steps == 2)
  }

  @Test func `an epoch ends with its last whole batch, and the last one with the training`() {
    let long = length(265, rows: 100, batch: 30)
    #expect(long.steps == 8)
    #expect((1...8).map(long.epochEnding) == [nil, nil, 1, nil, nil, 2, nil, 3])
    let short = length(64, rows: 100, batch: 30)
    #expect((1...2).map(short.epochEnding) == [nil, 1])
  }
}
