/// KQL's `guid`: 128 bits, written as 32 hexadecimal digits in five groups.
public struct GUID: BitwiseCopyable, Hashable, Comparable, Sendable {
  /// The first sixteen digits, and the last.
  public let high: UInt64
  public let low: UInt64

  @inlinable public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  @inlinable public static func < (lhs: GUID, rhs: GUID) -> Bool {
    lhs.high == rhs.high ? lhs.low < rhs.low : lhs.high < rhs.high
  }

  /// Parses 32 digits in any case, with or without dashes after 8, 12, 16 and 20 of them, and with or
  /// without a pair of braces or parentheses around.
  public static func parse(_ text: Bytes) -> GUID? {
    var text = text.trimmed
    if text.count >= 2, text[0] == .openBrace || text[0] == .openParenthesis {
      guard text[text.count - 1] == (text[0] == .openBrace ? 0x7D : 0x29) else { return nil }
      text = text.part(from: 1, to: text.count - 1)
    }
    let hasDashes = text.count == 36
    guard hasDashes || text.count == 32 else { return nil }
    var high: UInt64 = 0
    var low: UInt64 = 0
    var digits = 0
    for (i, byte) in text.enumerated() {
      if hasDashes && (i == 8 || i == 13 || i == 18 || i == 23) {
        guard byte == .minus else { return nil }
        continue
      }
      guard let value = byte.hexValue else { return nil }
      if digits < 16 { high = high &<< 4 | UInt64(value) } else { low = low &<< 4 | UInt64(value) }
      digits &+= 1
    }
    return GUID(high: high, low: low)
  }

  public static func parse(_ text: String) -> GUID? { text.withUTF8Bytes { parse($0) } }

  /// Appends `74be27de-1e4e-49d9-b579-fe0b331d3642`, in lower case.
  public func print(to out: inout ByteBuffer) {
    for digit in 0..<32 {
      if digit == 8 || digit == 12 || digit == 16 || digit == 20 { out.append(.minus) }
      let word = digit < 16 ? high : low
      let nibble = UInt8(truncatingIfNeeded: word &>> UInt64(60 &- digit % 16 &* 4)) & 15
      out.append(nibble < 10 ? 0x30 &+ nibble : 0x57 &+ nibble)
    }
  }

  public var text: String {
    var out = ByteBuffer(capacity: 36)
    print(to: &out)
    return out.string
  }

  /// Sixteen bytes with the first three groups least significant byte first, the order that
  /// `base64_encode_fromguid` and hashes use.
  public var mixedEndianBytes: [UInt8] {
    var bytes: [UInt8] = []
    for shift: UInt64 in [32, 40, 48, 56, 16, 24, 0, 8] {
      bytes.append(UInt8(truncatingIfNeeded: high &>> shift))
    }
    for index: UInt64 in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: low &>> (56 &- index &* 8))) }
    return bytes
  }

  public init?(mixedEndianBytes bytes: Bytes) {
    guard bytes.count == 16 else { return nil }
    var high: UInt64 = 0
    for index in [3, 2, 1, 0, 5, 4, 7, 6] { high = high &<< 8 | UInt64(bytes[index]) }
    var low: UInt64 = 0
    for index in 8..<16 { low = low &<< 8 | UInt64(bytes[index]) }
    self.init(high: high, low: low)
  }
}
