/// Percent-encoding of text for URLs.
enum PercentCoding {
  /// Encodes all but letters, digits and `-_.!*()`; a space becomes `+`, or `%20` in a component.
  static func encode(_ text: Bytes, component: Bool, to out: inout ByteBuffer) {
    for byte in text {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F, 0x2E, 0x21, 0x2A, 0x28, 0x29: out.append(byte)
      case 0x20 where !component: out.append(0x2B)
      default:
        out.append(0x25)
        Digest.printHexadecimal([byte], to: &out)
      }
    }
  }

  /// Decodes `%xx` and `+`; a `%` that starts no code stays as it is, and bytes that are no text become U+FFFD.
  static func decode(_ text: Bytes, to out: inout ByteBuffer) {
    var plain = ByteBuffer(capacity: text.count)
    var at = 0
    while at < text.count {
      let byte = text[at]
      if byte == 0x25, at &+ 2 < text.count, let high = text[at &+ 1].hexValue, let low = text[at &+ 2].hexValue {
        plain.append(high &<< 4 | low)
        at &+= 3
      } else {
        plain.append(byte == 0x2B ? 0x20 : byte)
        at &+= 1
      }
    }
    plain.withBytes { TextChange.repair($0, to: &out) }
  }
}
