#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A block of zeroed memory that starts at a multiple of 2 MB, on huge pages where there are any.
///
/// Its pages are the kernel's zeros until they are first written, so a plan may count on them.
final class Arena {
  private static let hugePage = 2 << 20
  let base: UnsafeMutableRawPointer
  let bytes: Int

  /// Maps the memory.
  ///
  /// - Throws: `ArenaError` when there is none.
  init(bytes: Int) throws(ArenaError) {
    let size = max(bytes, 1)
    let reserved = mmap(
      nil, size + Arena.hugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let reserved, reserved != MAP_FAILED else { throw ArenaError(bytes: bytes) }
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let used = (size + page - 1) / page * page
    let address = Int(bitPattern: reserved)
    let start = (address + Arena.hugePage - 1) / Arena.hugePage * Arena.hugePage
    let end = (address + size + Arena.hugePage + page - 1) / page * page
    if start > address { munmap(reserved, start - address) }
    base = reserved + (start - address)
    if end > start + used { munmap(base + used, end - start - used) }
    self.bytes = used
    #if os(Linux)
      if used >= Arena.hugePage { madvise(base, used, MADV_HUGEPAGE) }
    #endif
  }

  deinit {
    munmap(base, bytes)
  }
}
