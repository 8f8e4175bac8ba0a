// What a request says of proxies.
extension JobRequest {
  /// Ids of proxies, each once.
  static func resolveProxies(
    _ value: JSONValue?, _ catalog: Catalog, _ faults: inout FaultCollector
  ) -> [String] {
    guard let value, value != .null else { return [] }
    guard let elements = value.arrayValue else {
      faults.add("/proxies", "must be an array, not \(value.kind)")
      return []
    }
    var ids: [String] = []
    for (index, element) in elements.enumerated() {
      let place = "/proxies/\(index)"
      guard let id = resolveProxy(element, at: place, catalog, &faults) else { continue }
      if ids.contains(id) { faults.add(place, "\(id) stands there twice") }
      ids.append(id)
    }
    return ids
  }

  /// What keeps candidates from being trained.
  static func resolveFilter(
    _ value: JSONValue?, _ catalog: Catalog, _ faults: inout FaultCollector
  ) -> ProxyFilter? {
    let members = ["proxy", "keep", "pool"]
    guard let object = faults.object(value, at: "/filter", members: members) else { return nil }
    let proxy = resolveProxy(object["proxy"] ?? .null, at: "/filter/proxy", catalog, &faults)
    let keep = faults.number(object["keep"], at: "/filter/keep", "above 0 and at most 1") {
      $0 > 0 && $0 <= 1
    }
    let pool = faults.integer(object["pool"], at: "/filter/pool", in: 2...1000)
    return ProxyFilter(
      proxy: proxy ?? "", keep: keep ?? 0.5, pool: pool ?? ProxyFilter.standardPool)
  }

  /// What the search begins with.
  static func resolveWarmStart(
    _ value: JSONValue?, _ catalog: Catalog, _ faults: inout FaultCollector
  ) -> WarmStart? {
    let members = ["proxy", "draws", "keep"]
    guard let object = faults.object(value, at: "/warm_start", members: members) else { return nil }
    let proxy = resolveProxy(object["proxy"] ?? .null, at: "/warm_start/proxy", catalog, &faults)
    let (draws, keep) = (
      faults.integer(object["draws"], at: "/warm_start/draws", in: 2...1000),
      faults.integer(object["keep"], at: "/warm_start/keep", in: 1...100)
    )
    let start = WarmStart(
      proxy: proxy ?? "", draws: draws ?? WarmStart.standard.draws,
      keep: keep ?? min(WarmStart.standard.keep, draws ?? WarmStart.standard.draws))
    if start.keep > start.draws {
      faults.add("/warm_start/keep", "is \(start.keep); it must be at most draws, \(start.draws)")
    }
    return start
  }

  private static func resolveProxy(
    _ value: JSONValue, at pointer: String, _ catalog: Catalog, _ faults: inout FaultCollector
  ) -> String? {
    let known = catalog.proxies.joined(separator: ", ")
    guard let id = value.stringValue else {
      faults.add(pointer, "must be a string, one of \(known), not \(value.kind)")
      return nil
    }
    guard catalog.proxies.contains(id) else {
      faults.add(pointer, "no proxy '\(id)'; known are \(known)")
      return nil
    }
    return id
  }
}
