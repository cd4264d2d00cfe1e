import PlumbDiagnostics

/// Punycode (RFC 3492): text beyond ASCII written with letters, digits and dashes.
enum Punycode {
  private static let base = 36
  private static let maximum = 0x10FFFF

  /// Appends the encoded form; false, and nothing appended, if the text is too long to encode.
  static func encode(_ text: Bytes, to out: inout ByteBuffer) -> Bool {
    let scalars = String(text).unicodeScalars.map { Int($0.value) }
    // The work grows with the square of the length, and host names are never longer.
    guard scalars.count <= 4096 else { return false }
    let start = out.count
    for scalar in scalars where scalar < 0x80 { out.append(UInt8(scalar)) }
    let basic = out.count - start
    if basic > 0 { out.append(.minus) }
    var handled = basic
    var n = 128
    var delta = 0
    var bias = 72
    while handled < scalars.count {
      guard let next = scalars.filter({ $0 >= n }).min() else { break }
      delta += (next - n) * (handled + 1)
      n = next
      for scalar in scalars {
        if scalar < n { delta += 1 }
        guard scalar == n else { continue }
        var q = delta
        var k = base
        while true {
          let threshold = min(max(k - bias, 1), 26)
          if q < threshold { break }
          out.append(digit(threshold + (q - threshold) % (base - threshold)))
          q = (q - threshold) / (base - threshold)
          k += base
        }
        out.append(digit(q))
        bias = adapt(delta, handled + 1, isFirst: handled == basic)
        delta = 0
        handled += 1
      }
      delta += 1
      n += 1
    }
    return true
  }

  /// Appends the decoded text; false, and nothing appended, if `text` is not Punycode.
  static func decode(_ text: Bytes, to out: inout ByteBuffer) -> Bool {
    guard text.isASCII, text.count <= 16_384 else { return false }
    let dash = text.lastIndex(of: .minus)
    var scalars: [Unicode.Scalar] = text.part(from: 0, to: dash ?? 0).map { Unicode.Scalar($0) }
    var at = dash.map { $0 + 1 } ?? 0
    var n = 128
    var i = 0
    var bias = 72
    while at < text.count {
      let before = i
      var weight = 1
      var k = base
      while true {
        guard at < text.count, let digit = value(of: text[at]) else { return false }
        at += 1
        i += digit * weight
        guard i < 1 << 40 else { return false }
        let threshold = min(max(k - bias, 1), 26)
        if digit < threshold { break }
        weight *= base - threshold
        guard weight < 1 << 40 else { return false }
        k += base
      }
      bias = adapt(i - before, scalars.count + 1, isFirst: before == 0)
      n += i / (scalars.count + 1)
      i %= scalars.count + 1
      guard n <= maximum, let scalar = Unicode.Scalar(UInt32(n)) else { return false }
      scalars.insert(scalar, at: i)
      i += 1
    }
    for scalar in scalars { out.append(scalar) }
    return true
  }

  /// Encodes the labels of a domain that need it, with `xn--` before them.
  static func encodeDomain(_ text: Bytes, to out: inout ByteBuffer) -> Bool {
    let start = out.count
    var isFirst = true
    for label in String(text).unicodeScalars.split(omittingEmptySubsequences: false, whereSeparator: isDot) {
      if !isFirst { out.append(.fullStop) }
      isFirst = false
      let isEncoded: Bool = String(label).withUTF8Bytes { label in
        if label.isASCII {
          out.append(label)
          return true
        }
        out.append("xn--" as StaticString)
        return encode(label, to: &out)
      }
      if !isEncoded {
        out.truncate(to: start)
        return false
      }
    }
    return true
  }

  /// Decodes the labels of a domain that start with `xn--`.
  static func decodeDomain(_ text: Bytes, to out: inout ByteBuffer) -> Bool {
    let start = out.count
    var isFirst = true
    for label in String(text).unicodeScalars.split(omittingEmptySubsequences: false, whereSeparator: isDot) {
      if !isFirst { out.append(.fullStop) }
      isFirst = false
      let isDecoded: Bool = String(label).withUTF8Bytes { label in
        if label.part(from: 0, to: 4).equalsIgnoringCase("xn--") { return decode(label.part(from: 4), to: &out) }
        out.append(label)
        return true
      }
      if !isDecoded {
        out.truncate(to: start)
        return false
      }
    }
    return true
  }

  /// The four dots that IDNA treats as a dot.
  private static func isDot(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "." || scalar == "\u{3002}" || scalar == "\u{FF0E}" || scalar == "\u{FF61}"
  }

  private static func adapt(_ delta: Int, _ points: Int, isFirst: Bool) -> Int {
    var delta = isFirst ? delta / 700 : delta / 2
    delta += delta / points
    var k = 0
    while delta > 455 {
      delta /= 35
      k += base
    }
    return k + 36 * delta / (delta + 38)
  }

  private static func digit(_ value: Int) -> UInt8 { UInt8(value < 26 ? 0x61 + value : 0x16 + value) }

  private static func value(of byte: UInt8) -> Int? {
    if byte.isDigit { return Int(byte) - 0x30 + 26 }
    return byte.isASCIILetter ? Int(byte | 0x20) - 0x61 : nil
  }
}
