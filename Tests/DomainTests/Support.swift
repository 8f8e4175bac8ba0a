import Foundation

/// Encodes a value to JSON and reads it back.
func decodeAgain<Value: Codable>(_ value: Value) throws -> Value {
  try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
}
