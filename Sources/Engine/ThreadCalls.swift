internal import CKernels

/// The calls of one pass, by thread, where kernels can read them.
final class ThreadCalls: @unchecked Sendable {
  let parts: UnsafeMutableBufferPointer<ck_part>
  private let calls: UnsafeMutableBufferPointer<ck_call>

  init(_ lists: [CallList]) {
    calls = .allocate(capacity: lists.reduce(0) { $0 + $1.calls.count })
    parts = .allocate(capacity: lists.count)
    var start = 0
    for (thread, list) in lists.enumerated() {
      let end = start + list.calls.count
      let part = UnsafeMutableBufferPointer(rebasing: calls[start..<end])
      _ = part.initialize(from: list.calls)
      let first = part.baseAddress.map { UnsafePointer($0) }
      parts.initializeElement(at: thread, to: ck_part(calls: first, count: Int64(part.count)))
      start = end
    }
  }

  deinit {
    calls.deallocate()
    parts.deallocate()
  }
}
