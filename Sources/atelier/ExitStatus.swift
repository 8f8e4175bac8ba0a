internal import Domain

/// Exit codes by kind of error, in the spirit of `sysexits.h`.
enum ExitStatus {
  static func of(_ code: ErrorCode) -> Int32 {
    switch code {
    case .invalidRequest, .validation, .notAcceptable, .unsupportedMediaType: 64
    case .dataset, .tooLarge: 65
    case .unknownResource: 66
    case .unavailable, .numericsUnavailable: 69
    case .internal: 70
    case .storage: 74
    case .conflict, .notReady, .dataFolderHeld, .idempotencyInFlight, .idempotencyMismatch: 75
    }
  }
}
