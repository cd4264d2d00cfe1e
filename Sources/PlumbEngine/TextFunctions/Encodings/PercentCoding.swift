import PlumbDiagnostics

/// Percent-encoding of text for URLs.
package enum PercentCoding {
  /// Encodes all but letters, digits and `-_.!*()`; a space becomes `+`, or `%20` in a component.
  package static func encode(_ text: Bytes, component: Bool, to out: inout ByteBuffer) {
    for byte in text {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, .minus, .underscore, .fullStop, .exclamationMark, .asterisk, .openParenthesis, .closeParenthesis: out.append(byte)
      case .space where !component: out.append(.plus)
      default:
        out.append(.percent)
        out.append(hexadecimal: CollectionOfOne(byte))
      }
    }
  }

  /// Decodes `%xx`, and `+` as a space unless it is an ordinary character, as in paths. A `%` that does not start a code is
  /// unchanged, and invalid UTF-8 becomes U+FFFD.
  package static func decode(_ text: Bytes, plusIsSpace: Bool = true, to out: inout ByteBuffer) {
    if !text.contains(where: { $0 == .percent || $0 == .plus }) { return out.append(text) }
    var plain = ByteBuffer(capacity: text.count)
    var at = 0
    while at < text.count {
      let byte = text[at]
      if byte == .percent, at &+ 2 < text.count, let high = text[at &+ 1].hexValue, let low = text[at &+ 2].hexValue {
        plain.append(high &<< 4 | low)
        at &+= 3
      } else {
        plain.append(byte == .plus && plusIsSpace ? .space : byte)
        at &+= 1
      }
    }
    plain.withBytes { TextChange.repair($0, to: &out) }
  }

  /// The same for texts that are not values of queries.
  package static func decoded(_ text: some StringProtocol, plusIsSpace: Bool) -> String {
    var out = ByteBuffer()
    String(text).withUTF8Bytes { decode($0, plusIsSpace: plusIsSpace, to: &out) }
    return out.string
  }
}
