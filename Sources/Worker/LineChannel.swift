package import Domain
internal import Glibc
internal import Synchronization

/// Writes events as lines; the only thing that may write to the server.
///
/// Whatever else prints must not break the protocol, so the channel keeps a duplicate of standard
/// output for itself and standard output is pointed at standard error.
package final class LineChannel: Sendable {
  private let descriptor: Mutex<Int32>

  /// A channel on a descriptor that it owns from now on.
  package init(descriptor: Int32) {
    self.descriptor = Mutex(descriptor)
  }

  deinit {
    descriptor.withLock { _ = close($0) }
  }

  /// Takes standard output over.
  ///
  /// - Throws: `ServiceError(.unavailable)` when there is none.
  package static func takeStandardOutput() throws -> LineChannel {
    let own = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
    guard own >= 0, dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 else {
      throw ServiceError(
        .unavailable, "standard output cannot be taken over: \(String(cString: strerror(errno)))")
    }
    return LineChannel(descriptor: own)
  }

  /// Writes one line; false when nobody reads any more.
  package func send(_ event: WorkEvent) -> Bool {
    guard let line = try? WorkLine.encode(event) else { return false }
    return descriptor.withLock { descriptor in
      line.withUnsafeBytes { buffer in
        var done = 0
        while done < buffer.count {
          let count = write(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done)
          if count < 0, errno == EINTR { continue }
          guard count > 0 else { return false }
          done += count
        }
        return true
      }
    }
  }
}
