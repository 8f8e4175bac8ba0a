import Foundation
import Testing

/// What each target may import besides Swift's own libraries; the arrows of the house.
private let mayImport: [String: Set<String>] = [
  "Domain": ["CCrypto"],
  "Engine": ["CKernels"],
  "Datasets": ["Domain", "Engine", "CZlib"],
  "Architectures": ["Domain", "Engine"],
  "Training": ["Domain", "Engine", "Datasets", "Architectures"],
  "Strategies": ["Domain", "Engine", "Architectures", "Training"],
  "Worker": ["Domain", "Strategies", "Training", "Datasets", "Architectures", "CLinux"],
  "Runner": ["Domain", "CLinux", "Logging", "ServiceLifecycle"],
  "Store": ["Domain", "GRDB"],
  "API": [
    "Domain", "Hummingbird", "HummingbirdCore", "Logging", "NIOCore", "NIOPosix", "NIOHTTP1",
    "NIOHTTPTypes", "NIOHTTPTypesHTTP1", "HTTPTypes", "ServiceLifecycle",
  ],
  "atelier": [
    "API", "Architectures", "CLinux", "Datasets", "Domain", "Engine", "Runner", "Store",
    "Strategies", "Training", "Worker", "ArgumentParser", "ServiceLifecycle", "UnixSignals",
    "Logging",
  ],
]

private let ownLibraries: Set<String> = [
  "Foundation", "FoundationEssentials", "Glibc", "Darwin", "Synchronization", "Dispatch", "Swift",
]

@Suite struct LawTests {
  @Test func `every target imports only what the house allows`() throws {
    var checked = 0
    for target in try Tree.targets() {
      let files = try Tree.files(below: "Sources/\(target)", extensions: ["swift"])
      if files.isEmpty { continue }  // a C target
      checked += 1
      let allowed = try #require(mayImport[target], "\(target) has no row in the table of arrows")
      for file in files {
        for module in Tree.imports(in: file.text) where !ownLibraries.contains(module) {
          #expect(allowed.contains(module), "\(file.path) imports \(module)")
        }
      }
    }
    #expect(checked == mayImport.count, "a row of the table has no target, or no source was found")
  }

  @Test func `no source traps on purpose, prints or leaves work undone`() throws {
    let forbidden = [
      "try!", "as!", "fatalError(", "TODO", "FIXME", "DispatchQueue", "Task.detached",
    ]
    for file in try Tree.files(below: "Sources", extensions: ["swift", "c", "h", "inc"]) {
      for word in forbidden {
        #expect(!file.text.contains(word), "\(file.path) holds \(word)")
      }
      if !file.path.hasPrefix("Sources/atelier/") {
        #expect(!file.text.contains(#/(^|[^\w.])print\(/#), "\(file.path) prints")
      }
    }
  }

  @Test func `strategies and spaces know no clock, file, log or task`() throws {
    let forbidden = ["Date()", "ContinuousClock", "FileManager", "Logger", "Task {", "await "]
    for folder in ["Sources/Strategies", "Sources/Architectures/Spaces", "Sources/Engine"] {
      for file in try Tree.files(below: folder, extensions: ["swift"]) {
        for word in forbidden {
          #expect(!file.text.contains(word), "\(file.path) holds \(word)")
        }
      }
    }
  }

  @Test func `randomness comes from the seeded generator alone`() throws {
    let forbidden = [
      "SystemRandomNumberGenerator", "Double.random(", "Float.random(", "Int.random(",
      "Bool.random(", ".shuffled()", ".randomElement()",
    ]
    for file in try Tree.files(below: "Sources", extensions: ["swift"])
    where !file.path.hasPrefix("Sources/atelier/") {
      for word in forbidden {
        #expect(!file.text.contains(word), "\(file.path) holds \(word)")
      }
    }
  }

  @Test func `a file is named after a type, function or extension in it`() throws {
    for file in try Tree.files(below: "Sources", extensions: ["swift"]) {
      let name = URL(fileURLWithPath: file.path).deletingPathExtension().lastPathComponent
      let type = String(name.split(separator: "+")[0])
      #expect(
        file.text.contains(
          try Regex("(struct|class|enum|protocol|actor|extension|typealias) \(type)(?!\\w)"))
          || type == "Stores",
        "\(file.path) declares no \(type)")
    }
  }

  @Test func `the viewer asks no other host`() throws {
    for file in try Tree.files(below: "public", extensions: ["html", "js", "css"]) {
      let text = file.text.replacingOccurrences(of: "http://www.w3.org/", with: "")
      #expect(
        !text.contains(#/(src|href|fetch\()=?["'(]*https?:\/\//#), "\(file.path) names a host")
      #expect(!text.contains("innerHTML"), "\(file.path) writes innerHTML")
    }
  }
}
