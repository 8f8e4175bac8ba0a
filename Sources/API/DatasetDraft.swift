internal import Domain

/// What a body that begins a data set says.
struct DatasetDraft: Sendable {
  let name: String
  let format: String
  let options: DatasetOptions

  private static let members = [
    "name", "format", "shape", "label_column", "class_names", "test_fraction", "test_seed",
  ]

  /// - Throws: `ServiceError(.validation)` with all faults.
  init(_ body: JSONValue, formats: Registry<DatasetFormat>) throws {
    var faults = FaultCollector()
    guard let fields = faults.object(body, at: "", members: DatasetDraft.members) else {
      throw ServiceError(
        .validation, "the body is wrong",
        faults: [Fault("", "must be an object, not \(body.kind)")])
    }
    name = DatasetDraft.name(fields["name"], &faults)
    format = fields["format"]?.stringValue ?? ""
    if formats[format] == nil {
      let known = formats.ids.joined(separator: ", ")
      faults.add("/format", "must be one of \(known), not \((fields["format"] ?? .null).canonical)")
    }
    options = DatasetOptions(
      shape: DatasetDraft.shape(fields["shape"], &faults),
      labelColumn: faults.line(fields["label_column"], at: "/label_column", length: 1...200),
      classNames: DatasetDraft.classNames(fields["class_names"], &faults),
      testFraction: faults.number(
        fields["test_fraction"], at: "/test_fraction", "above 0 and below 1"
      ) { $0 > 0 && $0 < 1 },
      testSeed: faults.integer(
        fields["test_seed"], at: "/test_seed", in: 0...9_007_199_254_740_991))
    if !faults.faults.isEmpty {
      throw ServiceError(.validation, "the data set cannot be made", faults: faults.faults)
    }
  }

  private static func name(_ value: JSONValue?, _ faults: inout FaultCollector) -> String {
    let rule =
      "must be 1 to 64 lower-case letters, digits, '.', '_' and '-', begin with a letter or "
      + "digit, and not with 'ds_'"
    let name = value?.stringValue ?? ""
    let isAllowed = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
      case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
      default: false
      }
    }
    let start = name.first.map { $0.isLetter || $0.isNumber } ?? false
    if !isAllowed || !start || name.utf8.count > 64 || name.hasPrefix("ds_") {
      faults.add("/name", rule)
    }
    return name
  }

  private static func shape(_ value: JSONValue?, _ faults: inout FaultCollector) -> TensorShape? {
    let members = ["height", "width", "channels"]
    guard let fields = faults.object(value, at: "/shape", members: members) else { return nil }
    var sizes: [Int] = []
    for name in members {
      let most = name == "channels" ? 1 << 20 : 4096
      if fields[name] == nil || fields[name] == .null {
        faults.add("/shape/\(name)", "is required")
      } else if let size = faults.integer(fields[name], at: "/shape/\(name)", in: 1...most) {
        sizes.append(size)
      }
    }
    guard sizes.count == 3 else { return nil }
    return TensorShape(height: sizes[0], width: sizes[1], channels: sizes[2])
  }

  private static func classNames(
    _ value: JSONValue?, _ faults: inout FaultCollector
  ) -> [String]? {
    guard let elements = faults.elements(value, at: "/class_names", count: 2...65_536) else {
      return nil
    }
    var names: [String] = []
    var seen: Set<String> = []
    for (index, element) in elements.enumerated() {
      let place = "/class_names/\(index)"
      if element == .null { faults.add(place, "must be a string, not null") }
      guard let name = faults.line(element, at: place, length: 1...200) else { continue }
      if !seen.insert(name).inserted { faults.add(place, "'\(name)' stands there twice") }
      names.append(name)
    }
    return names
  }
}
