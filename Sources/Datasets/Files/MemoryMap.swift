internal import Domain
internal import Foundation

/// A stretch of a file mapped for reading.
///
/// Sendable, for the mapping never moves and nothing writes to it while it lives.
final class MemoryMap: @unchecked Sendable {
  /// The bytes asked for.
  let bytes: UnsafeRawBufferPointer
  private let base: UnsafeMutableRawPointer?
  private let length: Int

  /// Maps `count` bytes of an open file from `offset` on; the descriptor may be closed after.
  ///
  /// - Throws: `ServiceError(.storage)` when the system has no room for it.
  init(_ descriptor: Int32, offset: Int, count: Int, path: String) throws {
    guard count > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      base = nil
      length = 0
      return
    }
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let lead = offset % page
    length = count + lead
    let mapped = mmap(nil, length, PROT_READ, MAP_SHARED, descriptor, off_t(offset - lead))
    guard let mapped, mapped != MAP_FAILED else { throw FileFault.error("map", path) }
    base = mapped
    bytes = UnsafeRawBufferPointer(start: mapped + lead, count: count)
  }

  deinit {
    if let base { munmap(base, length) }
  }
}
