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
