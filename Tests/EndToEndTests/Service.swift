import Foundation
import FoundationNetworking
import Testing

/// The built binary, started on a free loopback port over a data folder of its own.
final class Service: @unchecked Sendable {
  // One test uses a service at a time; Process is only touched from that test.
  let data: URL
  let address: URL
  let readySeconds: Double
  private let process: Process
  private let errors: Pipe

  /// The binary beside the test bundle.
  static let binary = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent(".build/release/atelier")

  /// A new empty folder, or the given one as a kill left it.
  init(data: URL? = nil, workers: Int = 2, port: Int = 0) throws {
    self.data =
      data
      ?? FileManager.default.temporaryDirectory
      .appendingPathComponent("atelier-\(UUID().uuidString)")
    process = Process()
    process.executableURL = Service.binary
    process.arguments = [
      "serve", "--port", "\(port)", "--data", self.data.path, "--workers", "\(workers)",
    ]
    let output = Pipe()
    errors = Pipe()
    process.standardOutput = output
    process.standardError = try FileHandle(
      forWritingTo: Service.emptyFile(self.data.path + ".log"))
    let began = ContinuousClock.now
    try process.run()
    var line = ""
    while !line.hasSuffix("\n") {
      let bytes = output.fileHandleForReading.availableData
      if bytes.isEmpty { break }
      line += String(decoding: bytes, as: UTF8.self)
    }
    let elapsed = (ContinuousClock.now - began).components
    readySeconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
    let prefix = "listening on "
    guard line.hasPrefix(prefix),
      let url = URL(string: line.dropFirst(prefix.count).trimmingCharacters(in: .newlines))
    else {
      process.waitUntilExit()
      throw StartFailure(
        status: process.terminationStatus,
        log: (try? String(contentsOfFile: self.data.path + ".log", encoding: .utf8)) ?? "")
    }
    address = url
  }

  /// The service did not come up.
  struct StartFailure: Error {
    let status: Int32
    let log: String
  }

  /// Kills the server without a word.
  func kill() {
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Asks the server to end; returns its exit status.
  @discardableResult
  func terminate() -> Int32 {
    Foundation.kill(process.processIdentifier, SIGTERM)
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Ends the server and removes its folder.
  func remove() {
    if process.isRunning { terminate() }
    try? FileManager.default.removeItem(at: data)
    try? FileManager.default.removeItem(atPath: data.path + ".log")
  }

  /// Process ids of this server's workers.
  func workers() -> [Int32] {
    Service.children(of: process.processIdentifier)
  }

  /// Sends a request; returns status and body.
  func send(
    _ method: String, _ path: String, json: String? = nil, headers: [String: String] = [:]
  ) async throws -> (status: Int, body: Data) {
    guard let url = URL(string: path, relativeTo: address) else { throw URLError(.badURL) }
    var request = URLRequest(url: url)
    request.httpMethod = method
    request.timeoutInterval = 60
    if let json {
      request.httpBody = Data(json.utf8)
      request.setValue("application/json", forHTTPHeaderField: "content-type")
    }
    for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
    let (body, response) = try await URLSession.shared.data(for: request)
    return ((response as? HTTPURLResponse)?.statusCode ?? 0, body)
  }

  /// Sends a request and reads the JSON object of its reply.
  func json(_ method: String, _ path: String, _ body: String? = nil) async throws -> [String: Any] {
    let reply = try await send(method, path, json: body)
    let value = try JSONSerialization.jsonObject(with: reply.body)
    return try #require(value as? [String: Any])
  }

  /// Submits a job; returns its id.
  func submit(_ body: String) async throws -> String {
    let job = try await json("POST", "/v1/jobs", body)
    return try #require(job["id"] as? String, "\(job)")
  }

  /// Waits for a job's end, holding requests open; returns the job.
  func end(of job: String) async throws -> [String: Any] {
    while true {
      let value = try await json("GET", "/v1/jobs/\(job)?wait=10")
      if let state = value["state"] as? String,
        ["succeeded", "failed", "cancelled"].contains(state)
      {
        return value
      }
    }
  }

  private static func emptyFile(_ path: String) throws -> URL {
    _ = FileManager.default.createFile(atPath: path, contents: nil)
    return URL(fileURLWithPath: path)
  }

  /// True for a process that runs; one that ended and waits to be reaped does not.
  static func isAlive(_ pid: Int32) -> Bool {
    status(of: pid).map { $0.state != "Z" } ?? false
  }

  /// Live processes whose parent is `pid`, read from /proc.
  static func children(of pid: Int32) -> [Int32] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.compactMap(Int32.init).filter { candidate in
      guard let status = status(of: candidate) else { return false }
      return status.state != "Z" && status.parent == pid
    }
  }

  /// State letter and parent of a process, from /proc.
  private static func status(of pid: Int32) -> (state: Substring, parent: Int32)? {
    guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      let close = stat.lastIndex(of: ")")
    else { return nil }
    let fields = stat[stat.index(close, offsetBy: 2)...].split(separator: " ")
    guard fields.count > 1, let parent = Int32(fields[1]) else { return nil }
    return (fields[0], parent)
  }
}
