internal import CKernels

/// The calls of one pass, by thread, where kernels can read them.
final class ThreadCalls: @unchecked Sendable {
  let parts: UnsafeMutableBufferPointer<ck_part>
  private let words: UnsafeMutableBufferPointer<UInt64>

  init(_ lists: [CallList]) {
    words = .allocate(capacity: lists.reduce(0) { $0 + $1.words.count })
    parts = .allocate(capacity: lists.count)
    var start = 0
    for (thread, list) in lists.enumerated() {
      let end = start + list.words.count
      let part = UnsafeMutableBufferPointer(rebasing: words[start..<end])
      _ = part.initialize(from: list.words)
      let first = UnsafeRawPointer(part.baseAddress)?.assumingMemoryBound(to: ck_call.self)
      parts.initializeElement(at: thread, to: ck_part(calls: first, count: Int64(list.count)))
      start = end
    }
  }

  deinit {
    words.deallocate()
    parts.deallocate()
  }
}
