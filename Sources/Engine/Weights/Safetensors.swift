internal import FoundationEssentials

/// Weights as a file of the safetensors format: F32, sorted names, no gaps.
///
/// - Source: https://huggingface.co/docs/safetensors, "Format".
package enum Safetensors {
  private struct Entry: Codable {
    let dtype: String
    let shape: [Int]
    let offsets: [Int]

    enum CodingKeys: String, CodingKey {
      case dtype, shape
      case offsets = "data_offsets"
    }
  }

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
  }

  /// The header: one entry per tensor, and `__metadata__`.
  private struct Header: Codable {
    static let metadataKey = "__metadata__"
    var metadata: [String: String] = [:]
    var entries: [(key: String, entry: Entry)] = []

    init() {}

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Name.self)
      for name in container.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
        if name.stringValue == Header.metadataKey {
          metadata = try container.decode([String: String].self, forKey: name)
        } else {
          entries.append((name.stringValue, try container.decode(Entry.self, forKey: name)))
        }
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Name.self)
      if !metadata.isEmpty {
        try container.encode(metadata, forKey: Name(stringValue: Header.metadataKey))
      }
      for (key, entry) in entries {
        try container.encode(entry, forKey: Name(stringValue: key))
      }
    }
  }

  /// The bytes of a file that holds the weights.
  ///
  /// - Complexity: O(bytes).
  package static func encode(_ weights: Weights, metadata: [String: String] = [:]) -> [UInt8] {
    var header = Header()
    header.metadata = metadata
    var offset = 0
    let tensors = weights.keys.compactMap { key in weights[key].map { (key, $0) } }
    for (key, tensor) in tensors {
      let end = offset + 4 * tensor.values.count
      header.entries.append(
        (key, Entry(dtype: "F32", shape: tensor.shape, offsets: [offset, end])))
      offset = end
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Strings and whole numbers cannot fail to encode.
    var text = (try? encoder.encode(header)).map { [UInt8]($0) } ?? Array("{}".utf8)
    while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }

    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + text.count + offset)
    withUnsafeBytes(of: UInt64(text.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: text)
    for (_, tensor) in tensors {
      tensor.values.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
    return bytes
  }

  /// The weights a file holds.
  ///
  /// - Throws: `WeightsError` that names what is wrong with the file.
  package static func decode(_ bytes: [UInt8]) throws(WeightsError) -> Weights {
    let (header, data) = try split(bytes)
    var weights = Weights()
    for (key, entry) in header.entries {
      guard entry.dtype == "F32" else {
        throw WeightsError("tensor '\(key)' has dtype \(entry.dtype); only F32 is read")
      }
      var count = 1
      for extent in entry.shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: extent)
        guard extent >= 0, !overflow, product <= bytes.count else {
          throw WeightsError("tensor '\(key)' has shape \(entry.shape), more than the file holds")
        }
        count = product
      }
      guard entry.offsets.count == 2, entry.offsets[0] >= 0,
        entry.offsets[0] <= entry.offsets[1], entry.offsets[1] <= data.count,
        entry.offsets[1] - entry.offsets[0] == 4 * count
      else {
        throw WeightsError(
          "tensor '\(key)' lies at \(entry.offsets); shape \(entry.shape) needs "
            + "\(4 * count) of the file's \(data.count) data bytes")
      }
      let start = data.startIndex + entry.offsets[0]
      let values = [Float](unsafeUninitializedCapacity: count) { buffer, filled in
        let target = UnsafeMutableRawBufferPointer(buffer)
        target.copyBytes(from: data[start..<start + 4 * count])
        filled = count
      }
      weights[key] = Tensor(shape: entry.shape, values: values)
    }
    return weights
  }

  /// The metadata a file carries.
  ///
  /// - Throws: `WeightsError` when the header cannot be read.
  package static func metadata(_ bytes: [UInt8]) throws(WeightsError) -> [String: String] {
    try split(bytes).0.metadata
  }

  private static func split(
    _ bytes: [UInt8]
  ) throws(WeightsError) -> (Header, data: ArraySlice<UInt8>) {
    guard bytes.count >= 8 else {
      throw WeightsError("the file has \(bytes.count) bytes; a header alone takes 8")
    }
    let length = bytes[0..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(bytes.count - 8) else {
      throw WeightsError("the header says \(length) bytes; the file has \(bytes.count - 8) left")
    }
    let end = 8 + Int(length)
    do {
      let header = try JSONDecoder().decode(Header.self, from: Data(bytes[8..<end]))
      return (header, bytes[end...])
    } catch {
      throw WeightsError("the header is not the JSON of a safetensors file: \(error)")
    }
  }
}
