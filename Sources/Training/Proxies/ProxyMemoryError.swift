/// A proxy's plan that does not fit the memory limit.
package struct ProxyMemoryError: Error, Hashable, CustomStringConvertible {
  package let bytes: Int
  package let limit: Int

  package var description: String { "a proxy needs \(bytes) bytes; the limit is \(limit)" }
}
