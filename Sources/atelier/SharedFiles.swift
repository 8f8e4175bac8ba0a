internal import Domain
internal import Foundation

/// Finds the files that ship beside the binary: the viewer and the contract.
enum SharedFiles {
  /// Absolute path of `public` or `openapi.yaml`: installed, in the checkout of the build, or here.
  ///
  /// - Throws: `ServiceError(.unavailable)` that lists the places searched.
  static func path(of name: String) throws -> String {
    let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    var places = [
      executable.deletingLastPathComponent().appendingPathComponent("../share/atelier")
    ]
    var folder = executable.deletingLastPathComponent()
    while folder.path != "/" {
      if FileManager.default.fileExists(atPath: folder.appendingPathComponent("Package.swift").path)
      {
        places.append(folder)
      }
      folder.deleteLastPathComponent()
    }
    places.append(URL(fileURLWithPath: FileManager.default.currentDirectoryPath))
    for place in places {
      let candidate = place.appendingPathComponent(name).standardizedFileURL.path
      if FileManager.default.fileExists(atPath: candidate) { return candidate }
    }
    let searched = places.map(\.standardizedFileURL.path).joined(separator: ", ")
    throw ServiceError(
      .unavailable, "no \(name) found in \(searched); name it with --public or --contract")
  }
}
