internal import ArgumentParser
internal import Foundation
internal import Logging

/// What every command that trains can be told about the machine.
struct MachineOptions: ParsableArguments {
  @Option(help: "Worker processes; by default one per core.")
  var workers = ProcessInfo.processInfo.activeProcessorCount

  @Option(
    help:
      "Megabytes that one network may take in training; by default an equal share of 3/4 of the memory."
  )
  var memoryLimitMb: Int?

  @Option(help: "Megabytes that one uploaded file may have.")
  var uploadLimitMb = 4096

  @Option(help: "trace, debug, info, notice, warning or error.")
  var logLevel = "info"

  func validate() throws {
    guard (1...256).contains(workers) else {
      throw ValidationError("--workers \(workers) must be from 1 to 256")
    }
    guard Logger.Level(rawValue: logLevel) != nil else {
      throw ValidationError("--log-level \(logLevel) is not a level")
    }
    guard uploadLimitMb > 0 else {
      throw ValidationError("--upload-limit-mb \(uploadLimitMb) must be positive")
    }
    if let memoryLimitMb, memoryLimitMb < 16 {
      throw ValidationError("--memory-limit-mb \(memoryLimitMb) must be at least 16")
    }
  }

  /// Bytes that one network may take.
  var memoryLimitBytes: Int {
    if let memoryLimitMb { return memoryLimitMb << 20 }
    return Int(ProcessInfo.processInfo.physicalMemory / 4 * 3) / workers
  }

  /// Bytes that one uploaded file may have.
  var uploadLimitBytes: Int { uploadLimitMb << 20 }

  /// A logger to standard error.
  func logger() -> Logger {
    var logger = Logger(label: "atelier") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = Logger.Level(rawValue: logLevel) ?? .info
    return logger
  }
}
