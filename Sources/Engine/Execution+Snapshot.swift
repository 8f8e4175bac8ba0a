// All that training changes, as bytes.
extension Execution {
  /// What a snapshot begins with: eight bytes that say what it is, then two numbers of eight bytes,
  /// lowest first: the fingerprint of the parameters, and the bytes that follow.
  private static let mark = Array("ATELIER1".utf8)
  private static let headerBytes = 24

  /// Everything training changes: parameters, running statistics and the optimizer's moments.
  ///
  /// What was chosen and which step comes next are the caller's to keep.
  ///
  /// - Complexity: O(bytes).
  package func snapshot() -> [UInt8] {
    let regions = stateRegions
    let size = regions.reduce(0) { $0 + $1.count }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Execution.headerBytes + size)
    bytes += Execution.mark
    for number in [plan.fingerprint, UInt64(size)] {
      withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
    }
    for region in regions { bytes += region }
    return bytes
  }

  /// Puts back what `snapshot` took, here or in another execution of an equal plan: training goes on
  /// as if it had never stopped, bit for bit.
  ///
  /// - Throws: `WeightsError` when the bytes are no snapshot, or one of another plan; then nothing
  ///   has changed.
  package func restore(_ bytes: [UInt8]) throws(WeightsError) {
    let header = Execution.headerBytes
    guard bytes.count >= header, bytes.starts(with: Execution.mark) else {
      throw WeightsError("\(bytes.count) bytes are no snapshot: they do not begin like one")
    }
    let regions = stateRegions
    let size = regions.reduce(0) { $0 + $1.count }
    let stated = Execution.number(bytes[16..<24])
    guard stated == UInt64(size), bytes.count == header + size else {
      throw WeightsError(
        "the snapshot says \(stated) bytes of state and has \(bytes.count - header); this plan has "
          + "\(size)")
    }
    guard Execution.number(bytes[8..<16]) == plan.fingerprint else {
      throw WeightsError(
        "the snapshot has \(stated) bytes of state of other parameters than this plan's \(size)")
    }
    var place = header
    for region in regions {
      region.copyBytes(from: bytes[place..<place + region.count])
      place += region.count
    }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The stretches of the arena that training changes, in their order.
  private var stateRegions: [UnsafeMutableRawBufferPointer] {
    [Region.parameters, .firstMoments, .secondMoments, .statistics].map { bytes(of: $0) }
  }
}

extension Plan {
  /// A number that two plans share whose parameters have the same names, places and element type.
  var fingerprint: UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    func add(_ number: Int) {
      withUnsafeBytes(of: UInt64(number).littleEndian) { $0.forEach { add($0) } }
    }
    add(kernels.elementBytes)
    for entry in table.entries {
      entry.parameter.key.utf8.forEach { add($0) }
      for number in [entry.region.rawValue, entry.offset, entry.parameter.layout.count] {
        add(number)
      }
    }
    return hash
  }
}
