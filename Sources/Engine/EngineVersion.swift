/// The version of the engine's numerics; it rises whenever the same plan may give other bits.
package enum EngineVersion {
  package static let current = "3"
}
