package import Domain

/// What a body that begins a data set says; the command line's options make one, too.
package struct DatasetDraft: Sendable {
  package let name: String
  package let format: String
  package let options: DatasetOptions

  private static let members = [
    "name", "format", "shape", "label_column", "class_names", "test_fraction", "test_seed",
    "options",
  ]
  private static let tableMembers = ["architecture", "signal", "report", "cost", "space"]

  /// - Throws: `ServiceError(.validation)` with all faults.
  package init(_ body: JSONValue, formats: Registry<DatasetFormat>) throws {
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
    } else {
      DatasetDraft.checkOptions(fields, of: format, &faults)
    }
    options = DatasetOptions(
      shape: DatasetDraft.shape(fields["shape"], &faults),
      labelColumn: faults.line(fields["label_column"], at: "/label_column", length: 1...200),
      classNames: DatasetDraft.classNames(fields["class_names"], &faults),
      testFraction: faults.number(
        fields["test_fraction"], at: "/test_fraction", "above 0 and at most 0.5"
      ) { $0 > 0 && $0 <= 0.5 },
      testSeed: faults.integer(
        fields["test_seed"], at: "/test_seed", in: 0...9_007_199_254_740_991),
      table: DatasetDraft.table(fields["options"], format: format, &faults))
    if !faults.faults.isEmpty {
      throw ServiceError(.validation, "the data set cannot be made", faults: faults.faults)
    }
  }

  /// The columns of a benchmark table; the formats of samples have no such options.
  private static func table(
    _ value: JSONValue?, format: String, _ faults: inout FaultCollector
  ) -> TableOptions? {
    guard format == "nas-table" else {
      if let value, value != .null { faults.add("/options", "only the format nas-table has them") }
      return nil
    }
    let fields = faults.object(value ?? [:], at: "/options", members: tableMembers) ?? [:]
    func column(_ name: String) -> String? {
      faults.line(fields[name], at: "/options/\(name)", length: 1...200)
    }
    for name in ["architecture", "signal", "report"]
    where (fields[name] ?? .null) == .null {
      faults.add("/options/\(name)", "is required: the name of a column")
    }
    let cost = column("cost")
    let space = space(fields["space"], &faults)
    guard let architecture = column("architecture"), let signal = column("signal"),
      let report = column("report")
    else { return nil }
    return TableOptions(
      architecture: architecture, signal: signal, report: report, cost: cost, space: space)
  }

  private static func space(
    _ value: JSONValue?, _ faults: inout FaultCollector
  ) -> ComponentChoice? {
    guard let value, value != .null else { return nil }
    if let name = value.stringValue { return ComponentChoice(name) }
    let fields = faults.object(value, at: "/options/space", members: ["name", "params"])
    guard let fields else { return nil }
    guard let name = fields["name"]?.stringValue else {
      faults.add("/options/space/name", "is required: the name of a space")
      return nil
    }
    return ComponentChoice(name, params: fields["params"]?.objectValue ?? [:])
  }

  private static func name(_ value: JSONValue?, _ faults: inout FaultCollector) -> String {
    let name = value?.stringValue ?? ""
    if let fault = DatasetName.fault(in: name) { faults.add("/name", fault) }
    return name
  }

  /// Refuses options that only other formats heed.
  private static func checkOptions(
    _ fields: [String: JSONValue], of format: String, _ faults: inout FaultCollector
  ) {
    for (option, takers) in [("shape", ["csv", "nas-table"]), ("label_column", ["csv"])]
    where (fields[option] ?? .null) != .null && !takers.contains(format) {
      let known = takers.joined(separator: " and ")
      let verb = takers.count == 1 ? "format \(known) has it" : "formats \(known) have it"
      faults.add("/\(option)", "only the \(verb), not \(format)")
    }
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
