internal import Domain
internal import Foundation
internal import HTTPTypes
internal import Synchronization

/// The files of one folder, and nothing outside it.
///
/// A file is found by its real path, so neither `..` nor a symbolic link nor an escape leads out.
package final class StaticFiles: Sendable {
  private struct Entry: Sendable {
    let stamp: String
    let tag: String
    let bytes: [UInt8]
  }

  private static let largest = 16 << 20

  /// Absolute path without symbolic links.
  private let root: String
  private let kept = Mutex<[String: Entry]>([:])

  /// - Parameter folder: absolute, or relative to where the process runs.
  /// - Throws: `ServiceError(.unavailable)` when the folder does not exist.
  package init(folder: String) throws {
    guard let real = StaticFiles.realPath(folder) else {
      throw ServiceError(.unavailable, "no folder '\(folder)' to serve the viewer from")
    }
    root = real
  }

  /// The answer to a request for a file; nil where there is none.
  package func answer(_ request: Request) throws -> Response? {
    guard let path = path(of: request.path), let entry = try entry(path) else { return nil }
    guard request.method == "GET" || request.method == "HEAD" else {
      return Problem.methodNotAllowed.refusal(allow: ["GET", "HEAD"], request)
    }
    var headers: HTTPFields = [.eTag: entry.tag, .cacheControl: "no-cache"]
    if EntityTag.matches(request.headers[.ifNoneMatch], entry.tag) {
      return Response(304, headers: headers)
    }
    headers[.contentType] = MediaType.of(path)
    return Response(200, headers: headers, body: .bytes(entry.bytes))
  }

  /// The real path of a request's file, inside the folder.
  private func path(of request: String) -> String? {
    guard let segments = RouteTable.segments(request) else { return nil }
    let names = segments.isEmpty ? ["index.html"] : segments
    // A leading dot is `.`, `..` or a hidden file: none of them is served.
    guard names.allSatisfy({ !$0.hasPrefix(".") && !$0.contains("\\") }),
      let real = StaticFiles.realPath(root + "/" + names.joined(separator: "/")),
      real.hasPrefix(root + "/")
    else { return nil }
    return real
  }

  private func entry(_ path: String) throws -> Entry? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_size <= StaticFiles.largest
    else { return nil }
    let stamp =
      "\(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec) \(status.st_mtim.tv_nsec)"
    if let entry = kept.withLock({ $0[path] }), entry.stamp == stamp { return entry }
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let entry = Entry(stamp: stamp, tag: "\"\(Digest.sha256(bytes).prefix(32))\"", bytes: bytes)
    kept.withLock { $0[path] = entry }
    return entry
  }

  private static func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}

extension Problem {
  /// A refusal that lists what is allowed instead.
  func refusal(allow methods: [String], _ request: Request) -> Response {
    var response = response(
      "\(request.path) takes \(methods.joined(separator: ", ")), not \(request.method)",
      instance: request.path, requestID: request.id)
    response.headers[.allow] = methods.joined(separator: ", ")
    return response
  }
}
