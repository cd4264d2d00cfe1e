import Glibc
import PlumbDiagnostics
import PlumbEngine

/// A text as UTF-8, converted as it is read.
///
/// Halves of surrogate pairs without the other half become U+FFFD.
final class DecodedSource: SampledSource {
  private let raw: any SampledSource
  private let encoding: TextEncoding
  private let table: [UInt16]
  private let input = Buffer(byteCount: 1 << 16)
  private var output: [UInt8] = []
  private var given = 0
  /// The last byte of a unit of two, and the first half of a surrogate pair.
  private var half: UInt8?
  private var high: UInt16?
  private var isAtFront = true
  private var isDone = false
  private var isStarted = false

  init(_ raw: any SampledSource, _ encoding: TextEncoding) {
    self.raw = raw
    self.encoding = encoding
    table = encoding.table ?? []
  }

  /// Known only after reading to the end.
  var size: Int? { nil }
  var storedSize: Int? { raw.storedSize }
  var storedOffset: Int { raw.storedOffset }

  func rewind() throws {
    try raw.rewind()
    output.removeAll(keepingCapacity: true)
    (given, half, high, isAtFront, isDone, isStarted) = (0, nil, nil, true, false, true)
  }

  func read(into target: UnsafeMutableRawPointer, count: Int) throws -> Int {
    if !isStarted { try rewind() }
    while given == output.count, !isDone { try refill() }
    let part = min(count, output.count - given)
    if part > 0 { output.withUnsafeBytes { if let base = $0.baseAddress { memcpy(target, base + given, part) } } }
    given += part
    return part
  }

  private func refill() throws {
    output.removeAll(keepingCapacity: true)
    given = 0
    let count = try raw.read(into: input.base, count: input.byteCount)
    let bytes = input.bytes(count)
    if count == 0 {
      isDone = true
      if high != nil || half != nil { append(0xFFFD) }
      return
    }
    switch encoding {
    case .utf8: output.append(contentsOf: bytes)
    case .windows1252, .latin1, .latin9: for byte in bytes { append(UInt32(table[Int(byte)])) }
    case .utf16LittleEndian: decode(bytes, littleEndian: true)
    case .utf16BigEndian: decode(bytes, littleEndian: false)
    }
  }

  private func decode(_ bytes: Bytes, littleEndian: Bool) {
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

  private func append(_ character: UInt32) {
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

  /// Only the front is available without decoding everything before it.
  func sample(at offset: Int, count: Int) throws -> [UInt8] {
    guard offset == 0 else { return [] }
    try rewind()
    defer { isStarted = false }
    return try readFully(count)
  }
}
