internal import CLinux
internal import Glibc
internal import Synchronization

/// A child process with pipes to its standard input and output.
///
/// Swift's Subprocess is not used, for a reason of the kernel: the parent-death signal that a worker
/// asks for is sent when the thread that started it ends, and pool threads come and go. Here the
/// thread that calls `init` has to stay until the child ended.
final class ChildProcess: Sendable {
  /// How a process ended.
  struct Ending: Hashable, Sendable {
    /// The signal that ended it; 0 for none.
    let signal: Int32
    let code: Int32

    /// True when it ended by its own doing: an exit, or a signal that a process raises by a fault.
    var isOwnFault: Bool {
      signal == 0 || [SIGABRT, SIGILL, SIGSEGV, SIGTRAP, SIGBUS, SIGFPE, SIGSYS].contains(signal)
    }

    var description: String {
      signal == 0
        ? "exited with code \(code)"
        : "ended by signal \(signal) (\(String(cString: strsignal(signal))))"
    }
  }

  let pid: Int32
  /// Reads the child's standard output.
  let output: Int32
  /// Writes the child's standard input; -1 once closed.
  private let input: Mutex<Int32>
  /// Guards the process id, which may be another's once the child is forgotten.
  private let isReaped = Mutex(false)

  /// Starts a program: its path, then its arguments.
  ///
  /// - Throws: `SpawnError` with the system's reason.
  init(_ command: [String]) throws(SpawnError) {
    let executable = command.first ?? ""
    let (childInput, input) = try ChildProcess.pipe()
    let (output, childOutput) = try ChildProcess.pipe()
    // An order is written in one go even while the worker does not read.
    _ = csystem_pipe_room(input, 1 << 20)
    _ = fcntl(input, F_SETFL, O_NONBLOCK)
    var pid: Int32 = 0
    let words = command.map { strdup($0) }
    let error = csystem_spawn(executable, words + [nil], childInput, childOutput, &pid)
    for word in words { free(word) }
    close(childInput)
    close(childOutput)
    guard error == 0 else {
      close(input)
      close(output)
      throw SpawnError("\(executable): \(String(cString: strerror(error)))")
    }
    self.pid = pid
    self.output = output
    self.input = Mutex(input)
  }

  deinit {
    close(output)
  }

  private static func pipe() throws(SpawnError) -> (reads: Int32, writes: Int32) {
    var ends: [Int32] = [-1, -1]
    let error = csystem_pipe(&ends)
    guard error == 0 else { throw SpawnError("pipe: \(String(cString: strerror(error)))") }
    return (ends[0], ends[1])
  }

  /// Writes bytes to the child without waiting; false when it does not take them all.
  func write(_ bytes: [UInt8]) -> Bool {
    input.withLock { input in
      guard input >= 0 else { return false }
      return bytes.withUnsafeBytes { buffer in
        var done = 0
        while done < buffer.count {
          let count = Glibc.write(
            input, buffer.baseAddress?.advanced(by: done), buffer.count - done)
          if count < 0, errno == EINTR { continue }
          guard count > 0 else { return false }
          done += count
        }
        return true
      }
    }
  }

  /// Ends the child's input, which tells it to leave.
  func closeInput() {
    input.withLock { input in
      guard input >= 0 else { return }
      close(input)
      input = -1
    }
  }

  /// Ends the child and all that it started at once; does nothing when it ended.
  func kill() {
    isReaped.withLock { isReaped in
      if !isReaped { _ = Glibc.kill(-pid, SIGKILL) }
    }
  }

  /// Waits for the end and forgets the child; one that closed its output but stays is ended.
  func reap() -> Ending {
    closeInput()
    // One that is on its way out says itself how it ended, if it is given the time.
    for _ in 0..<100 where csystem_has_ended(pid) == 0 { usleep(10_000) }
    kill()
    while csystem_has_ended(pid) == 0 { usleep(1_000) }
    var signal: Int32 = 0
    var code: Int32 = 0
    isReaped.withLock { isReaped in
      _ = csystem_reap(pid, &signal, &code)
      isReaped = true
    }
    return Ending(signal: signal, code: code)
  }
}

/// Why a process could not be started.
struct SpawnError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
