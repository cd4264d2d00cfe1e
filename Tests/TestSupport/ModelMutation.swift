import PlumbEngine
import PlumbLearning

/// Changes to the bytes of a model, for tests of what reads them.
package enum ModelMutation {
  /// Bytes with a right checksum, as a hostile writer would make them.
  package static func sealed(_ bytes: [UInt8]) -> [UInt8] {
    let body = Array(bytes.dropLast(8))
    let sum = body.withUnsafeBufferPointer { ModelWriter.checksum($0) }
    return body + (0..<8).map { UInt8(truncatingIfNeeded: sum >> UInt64(8 * $0)) }
  }

  package static func mutated(_ bytes: [UInt8], _ random: inout RandomGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0...random.below(4) where !bytes.isEmpty {
      let place = Int(random.below(UInt64(bytes.count)))
      switch random.below(6) {
      case 0: bytes[place] ^= 1 << UInt8(random.below(8))
      case 1: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF][Int(random.below(5))]
      case 2: bytes.remove(at: place)
      case 3: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
      case 4: bytes.removeLast(Swift.min(bytes.count, Int(random.below(40))))
      default: for i in place..<Swift.min(place + 8, bytes.count) { bytes[i] = 0xFF }
      }
    }
    return bytes
  }
}
