internal import Foundation
internal import Glibc
internal import Synchronization

/// A few megabytes kept on disk, so that a full disk still takes the word that it is full.
///
/// The transaction that does not fit fails; the reserve is given up then, so the small one that marks
/// its job as failed finds room. It is laid in again once there is plenty of space.
final class DiskReserve: Sendable {
  private static let size: off_t = 4 << 20
  private static let plenty: UInt64 = 64 << 20

  private let path: String
  private let isSpent = Mutex(false)

  init(path: String) {
    self.path = path
  }

  /// Lays the reserve in where it is missing; without room for it there is none.
  func fill() {
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { return }
    let isFull = posix_fallocate(file, 0, DiskReserve.size) == 0
    Glibc.close(file)
    if !isFull { unlink(path) }
  }

  /// Gives the reserve up.
  func spend() {
    unlink(path)
    isSpent.withLock { $0 = true }
  }

  /// Lays a spent reserve in again when the disk has plenty of room.
  func refill() {
    isSpent.withLock { isSpent in
      guard isSpent else { return }
      var disk = statvfs()
      let folder = (path as NSString).deletingLastPathComponent
      guard statvfs(folder, &disk) == 0,
        UInt64(disk.f_bavail) * UInt64(disk.f_frsize) > DiskReserve.plenty
      else { return }
      fill()
      isSpent = false
    }
  }
}
