import PlumbDiagnostics

/// Base64 by RFC 4648, with padding.
package enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  package static func text(of bytes: [UInt8]) -> String {
    var out = ByteBuffer()
    bytes.withUnsafeBufferPointer { encode($0, to: &out) }
    return out.string
  }

  package static func encode(_ bytes: Bytes, to out: inout ByteBuffer) {
    out.reserve(out.count + (bytes.count + 2) / 3 * 4)
    var at = 0
    while at < bytes.count {
      let left = bytes.count &- at
      let a = UInt32(bytes[at])
      let b = left > 1 ? UInt32(bytes[at &+ 1]) : 0
      let c = left > 2 ? UInt32(bytes[at &+ 2]) : 0
      let group = a &<< 16 | b &<< 8 | c
      out.append(alphabet[Int(group &>> 18)])
      out.append(alphabet[Int(group &>> 12 & 63)])
      out.append(left > 1 ? alphabet[Int(group &>> 6 & 63)] : 0x3D)
      out.append(left > 2 ? alphabet[Int(group & 63)] : 0x3D)
      at &+= 3
    }
  }

  /// Appends the bytes; false, and nothing appended, if `text` is not Base64 with its padding.
  package static func decode(_ text: Bytes, to out: inout ByteBuffer) -> Bool {
    let text = text.trimmed
    let start = out.count
    guard text.count % 4 == 0 else { return false }
    var at = 0
    while at < text.count {
      var group: UInt32 = 0
      var padding = 0
      for i in 0..<4 {
        let byte = text[at &+ i]
        if byte == .equalSign && i >= 2 && at &+ 4 == text.count {
          padding &+= 1
          group &<<= 6
        } else if let value = value(of: byte), padding == 0 {
          group = group &<< 6 | value
        } else {
          out.truncate(to: start)
          return false
        }
      }
      out.append(UInt8(truncatingIfNeeded: group &>> 16))
      if padding < 2 { out.append(UInt8(truncatingIfNeeded: group &>> 8)) }
      if padding < 1 { out.append(UInt8(truncatingIfNeeded: group)) }
      at &+= 4
    }
    return true
  }

  private static func value(of byte: UInt8) -> UInt32? {
    switch byte {
    case 0x41...0x5A: UInt32(byte &- 0x41)
    case 0x61...0x7A: UInt32(byte &- 0x61 &+ 26)
    case 0x30...0x39: UInt32(byte &- 0x30 &+ 52)
    case .plus: 62
    case .slash: 63
    default: nil
    }
  }
}
