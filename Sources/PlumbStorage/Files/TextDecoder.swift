import PlumbEngine

/// Makes UTF-8 of a text in another encoding.
///
/// Halves of surrogate pairs without the other half become U+FFFD.
struct TextDecoder: TextConverter {
  private let encoding: TextEncoding
  private let table: [UInt16]
  private(set) var output: [UInt8] = []
  /// The first byte of a unit of two, and the first half of a surrogate pair.
  private var half: UInt8?
  private var high: UInt16?
  private var isAtFront = true

  init(_ encoding: TextEncoding) {
    self.encoding = encoding
    table = encoding.table ?? []
  }

  var readyCount: Int { output.count }

  mutating func removeReady(_ count: Int) { output.removeFirst(count) }

  mutating func add(_ bytes: Bytes) {
    switch encoding {
    case .utf8: output.append(contentsOf: bytes)
    case .windows1252, .latin1, .latin9: for byte in bytes { append(UInt32(table[Int(byte)])) }
    case .utf16LittleEndian: decode(bytes, littleEndian: true)
    case .utf16BigEndian: decode(bytes, littleEndian: false)
    }
  }

  mutating func finish() {
    if high != nil || half != nil { append(0xFFFD) }
  }

  private mutating func decode(_ bytes: Bytes, littleEndian: Bool) {
    for byte in bytes {
      guard let first = half else {
        half = byte
        continue
      }
      half = nil
      let unit = littleEndian ? UInt16(byte) << 8 | UInt16(first) : UInt16(first) << 8 | UInt16(byte)
      if isAtFront {
        isAtFront = false
        if unit == 0xFEFF { continue }
      }
      if let lead = high {
        high = nil
        if unit & 0xFC00 == 0xDC00 {
          append(0x10000 + (UInt32(lead & 0x3FF) << 10 | UInt32(unit & 0x3FF)))
          continue
        }
        append(0xFFFD)
      }
      switch unit & 0xFC00 {
      case 0xD800: high = unit
      case 0xDC00: append(0xFFFD)
      default: append(UInt32(unit))
      }
    }
  }

  private mutating func append(_ character: UInt32) {
    switch character {
    case ..<0x80: output.append(UInt8(truncatingIfNeeded: character))
    case ..<0x800:
      output.append(UInt8(truncatingIfNeeded: 0xC0 | character >> 6))
      output.append(UInt8(truncatingIfNeeded: 0x80 | character & 0x3F))
    case ..<0x10000:
      output.append(UInt8(truncatingIfNeeded: 0xE0 | character >> 12))
      output.append(UInt8(truncatingIfNeeded: 0x80 | character >> 6 & 0x3F))
      output.append(UInt8(truncatingIfNeeded: 0x80 | character & 0x3F))
    default:
      output.append(UInt8(truncatingIfNeeded: 0xF0 | character >> 18))
      output.append(UInt8(truncatingIfNeeded: 0x80 | character >> 12 & 0x3F))
      output.append(UInt8(truncatingIfNeeded: 0x80 | character >> 6 & 0x3F))
      output.append(UInt8(truncatingIfNeeded: 0x80 | character & 0x3F))
    }
  }
}
