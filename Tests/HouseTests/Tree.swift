import Foundation

/// The project's sources as text, found from this file's own place.
enum Tree {
  /// The folder of Package.swift.
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// All files below a folder with one of the extensions: path relative to the root, and text.
  static func files(
    below folder: String, extensions: Set<String>
  ) throws -> [(path: String, text: String)] {
    let base = root.appendingPathComponent(folder).resolvingSymlinksInPath()
    let walk = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil)
    var result: [(path: String, text: String)] = []
    while let url = walk?.nextObject() as? URL {
      guard extensions.contains(url.pathExtension) else { continue }
      let path = folder + url.path.dropFirst(base.path.count)
      result.append((path, try String(contentsOf: url, encoding: .utf8)))
    }
    return result.sorted { $0.path < $1.path }
  }

  /// Names of the Swift targets.
  static func targets() throws -> [String] {
    try FileManager.default.contentsOfDirectory(
      atPath: root.appendingPathComponent("Sources").resolvingSymlinksInPath().path
    )
    .sorted()
  }

  /// Modules that a Swift source imports.
  static func imports(in text: String) -> [String] {
    text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard let place = words.firstIndex(of: "import"), place + 1 < words.count else { return nil }
      let before = Set(words[..<place].map(String.init))
      guard before.isSubset(of: ["package", "internal", "private", "public", "@preconcurrency"])
      else {
        return nil
      }
      let name =
        words[place + 1] == "struct" || words[place + 1] == "func"
        ? words[place + 2] : words[place + 1]
      return String(name.split(separator: ".")[0])
    }
  }
}
