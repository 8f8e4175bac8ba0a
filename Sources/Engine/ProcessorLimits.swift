internal import CKernels

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// What one core can do at most, as measured here: what kernels are held to.
package enum ProcessorLimits {
  /// Multiplications and additions of one core at its best.
  ///
  /// - Units: operations a second.
  package static func operationsPerSecond(_ isa: InstructionSet) -> Double {
    let rounds: Int64 = 200_000
    var best = Double.infinity
    for _ in 0..<40 {
      let start = processorSeconds()
      let sum = ck_spin(isa.isa, rounds)
      let spent = processorSeconds() - start
      if spent > 0, sum != 0 { best = min(best, spent) }
    }
    return Double(rounds * ck_spin_operations(isa.isa)) / best
  }

  /// Time to read two thirds of so many bytes and to write one third, again and again over the same
  /// memory, so that caches hold what they can.
  ///
  /// - Units: seconds; the median of several passes.
  /// - Throws: `ArenaError` when there is no memory.
  package static func streamSeconds(
    bytes: Int, _ isa: InstructionSet
  ) throws(ArenaError) -> Double {
    let count = max(bytes / 12, 64)
    let room = try Arena(bytes: 12 * count)
    let to = room.base.bindMemory(to: Float.self, capacity: 3 * count)
    to.initialize(repeating: 1, count: 3 * count)
    // Many passes at once where one is too short to be timed.
    let passes = max(1, 200_000 / count)
    var times: [Double] = []
    for _ in 0..<25 {
      let start = processorSeconds()
      for _ in 0..<passes { ck_triad(isa.isa, to, to + count, to + 2 * count, Int64(count)) }
      times.append((processorSeconds() - start) / Double(passes))
    }
    return times.sorted()[times.count / 2]
  }

  /// Processor time that the calling thread has taken.
  package static func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
