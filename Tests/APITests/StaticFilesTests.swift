import API
import Foundation
import HTTPTypes
import Testing

@Suite struct StaticFilesTests {
  /// A folder with a viewer in it and a secret beside it; removed after the test.
  private func withFolder(_ body: (URL) throws -> Void) throws {
    let base = FileManager.default.temporaryDirectory
      .appendingPathComponent("atelier-files-\(UUID().uuidString)")
    let folder = base.appendingPathComponent("public")
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("lib"), withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: base) }
    for (path, text) in [
      "public/index.html": "<!doctype html>", "public/app.js": "export {}",
      "public/lib/api.js": "export {}", "public/.hidden": "h", "secret": "s",
      "public-not/x.js": "n",
    ] {
      let file = base.appendingPathComponent(path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    try FileManager.default.createSymbolicLink(
      at: folder.appendingPathComponent("link.js"),
      withDestinationURL: base.appendingPathComponent("secret"))
    try FileManager.default.createSymbolicLink(
      at: folder.appendingPathComponent("alias.js"),
      withDestinationURL: folder.appendingPathComponent("app.js"))
    try body(folder)
  }

  @Test func `files are served with type, strong tag and no-cache`() throws {
    try withFolder { folder in
      let files = try StaticFiles(folder: folder.path)
      let types = [
        "/": "text/html; charset=utf-8", "/index.html": "text/html; charset=utf-8",
        "/app.js": "text/javascript; charset=utf-8",
        "/lib/api.js": "text/javascript; charset=utf-8",
        "/alias.js": "text/javascript; charset=utf-8",
      ]
      for (path, type) in types {
        let answer = try #require(try files.answer(Request(method: "GET", path: path)))
        #expect(answer.status == 200)
        #expect(answer.headers[.contentType] == type)
        #expect(answer.headers[.cacheControl] == "no-cache")
        let tag = try #require(answer.headers[.eTag])
        #expect(tag.hasPrefix("\"") && tag.count == 34)
        let again = try files.answer(
          Request(method: "GET", path: path, headers: [.ifNoneMatch: "\"x\", \(tag)"]))
        #expect(again?.status == 304)
      }
    }
  }

  @Test(arguments: [
    "/../secret", "/%2e%2e/secret", "/..%2fsecret", "/lib/../../secret", "/%2e%2e%2fsecret",
    "/link.js", "/.hidden", "/lib", "/lib/", "//secret", "/./app.js", "/..\\secret", "/nope.js",
    "/../public-not/x.js", "/app.js%00", "/%252e%252e/secret", "/lib/..",
  ])
  func `nothing outside the folder is served`(path: String) throws {
    try withFolder { folder in
      let files = try StaticFiles(folder: folder.path)
      #expect(try files.answer(Request(method: "GET", path: path)) == nil)
    }
  }

  @Test func `a changed file has another tag`() throws {
    try withFolder { folder in
      let files = try StaticFiles(folder: folder.path)
      let request = Request(method: "GET", path: "/app.js")
      let before = try files.answer(request)?.headers[.eTag]
      try Data("export { x }".utf8).write(to: folder.appendingPathComponent("app.js"))
      #expect(try files.answer(request)?.headers[.eTag] != before)
    }
  }

  @Test func `a file takes GET and HEAD alone`() throws {
    try withFolder { folder in
      let files = try StaticFiles(folder: folder.path)
      let answer = try files.answer(Request(method: "POST", path: "/app.js"))
      #expect(answer?.status == 405)
      #expect(answer?.headers[.allow] == "GET, HEAD")
    }
  }

  @Test func `a missing folder is refused`() {
    #expect(throws: (any Error).self) { try StaticFiles(folder: "/no/such/folder") }
    #expect(throws: (any Error).self) { try StaticFiles(folder: "no-such-folder") }
  }

  @Test func `a relative folder is taken from where the process runs`() throws {
    try withFolder { folder in
      // Up to the root from wherever the test runs, then down again.
      let up = FileManager.default.currentDirectoryPath.split(separator: "/").map { _ in ".." }
      let relative = (up + [String(folder.path.dropFirst())]).joined(separator: "/")
      let files = try StaticFiles(folder: relative)
      #expect(try files.answer(Request(method: "GET", path: "/app.js"))?.status == 200)
      #expect(try files.answer(Request(method: "GET", path: "/../secret")) == nil)
    }
  }
}
