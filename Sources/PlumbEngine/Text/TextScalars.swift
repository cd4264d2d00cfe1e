/// Iteration over UTF-8 by code points, which KQL counts as characters.
extension Bytes {
  /// The code point that starts at `index` and its length; U+FFFD and 1 where the bytes are ill-formed.
  func scalar(at index: Int) -> (value: Unicode.Scalar, length: Int) {
    let first = self[index]
    if first < 0x80 { return (Unicode.Scalar(first), 1) }
    func tail(_ offset: Int) -> UInt32? {
      guard index &+ offset < count, self[index &+ offset] & 0xC0 == 0x80 else { return nil }
      return UInt32(self[index &+ offset] & 0x3F)
    }
    if first >= 0xC2 && first < 0xE0, let a = tail(1) {
      return (Unicode.Scalar(UInt32(first & 0x1F) &<< 6 | a) ?? "\u{FFFD}", 2)
    }
    if first >= 0xE0 && first < 0xF0, let a = tail(1), let b = tail(2) {
      let value = UInt32(first & 0x0F) &<< 12 | a &<< 6 | b
      if value >= 0x800, let scalar = Unicode.Scalar(value) { return (scalar, 3) }
    }
    if first >= 0xF0 && first < 0xF5, let a = tail(1), let b = tail(2), let c = tail(3) {
      let value = UInt32(first & 0x07) &<< 18 | a &<< 12 | b &<< 6 | c
      if value >= 0x10000, let scalar = Unicode.Scalar(value) { return (scalar, 4) }
    }
    return ("\u{FFFD}", 1)
  }

  /// The code point that ends before `index`, for `index` above 0.
  func scalar(before index: Int) -> Unicode.Scalar {
    var start = index &- 1
    while start > 0 && index &- start < 4 && self[start] & 0xC0 == 0x80 { start &-= 1 }
    let (value, length) = scalar(at: start)
    return start &+ length == index ? value : "\u{FFFD}"
  }

  var isASCII: Bool {
    var bits: UInt8 = 0
    for byte in self { bits |= byte }
    return bits < 0x80
  }

  /// Whether the bytes are well-formed UTF-8.
  package var isWellFormed: Bool {
    var at = 0
    while at < count {
      if self[at] < 0x80 {
        at &+= 1
        continue
      }
      let (value, length) = scalar(at: at)
      if length == 1 && value == "\u{FFFD}" { return false }
      at &+= length
    }
    return true
  }

  /// The number of code points; every ill-formed byte that starts one counts.
  package var characterCount: Int {
    guard let base = baseAddress else { return 0 }
    // Bytes 10xxxxxx continue a code point: eight of them are tested at once.
    var continuing = 0
    var at = 0
    while at &+ 8 <= count {
      let word = UnsafeRawPointer(base).loadUnaligned(fromByteOffset: at, as: UInt64.self)
      continuing &+= (word &>> 7 & ~(word &>> 6) & 0x0101_0101_0101_0101).nonzeroBitCount
      at &+= 8
    }
    while at < count {
      if base[at] & 0xC0 == 0x80 { continuing &+= 1 }
      at &+= 1
    }
    return count &- continuing
  }

  /// The offset in bytes of the character numbered `index`, at most `count`.
  package func offset(ofCharacter index: Int) -> Int {
    if index <= 0 { return 0 }
    var left = index
    var at = 0
    while at < count {
      if self[at] & 0xC0 != 0x80 {
        if left == 0 { return at }
        left &-= 1
      }
      at &+= 1
    }
    return count
  }

  /// `length` characters from `start`; negative starts count from 0, as in `substring`.
  package func characters(from start: Int, length: Int) -> Bytes {
    if length <= 0 { return Bytes(start: nil, count: 0) }
    let from = offset(ofCharacter: start)
    let rest = part(from: from)
    return rest.part(from: 0, to: rest.offset(ofCharacter: length))
  }
}

/// Changes to text that respect code points.
enum TextChange {
  /// Appends `text` with ill-formed parts replaced by U+FFFD.
  static func repair(_ text: Bytes, to out: inout ByteBuffer) {
    if text.isWellFormed { return out.append(text) }
    var at = 0
    while at < text.count {
      let (value, length) = text.scalar(at: at)
      out.append(value)
      at &+= length
    }
  }

  /// Appends the characters in reverse order.
  static func reverse(_ text: Bytes, to out: inout ByteBuffer) {
    var end = text.count
    while end > 0 {
      var start = end &- 1
      while start > 0 && end &- start < 4 && text[start] & 0xC0 == 0x80 { start &-= 1 }
      out.append(text.part(from: start, to: end))
      end = start
    }
  }

  static func lowercase(_ text: Bytes, to out: inout ByteBuffer) {
    map(text, to: &out, ascii: { $0.asciiLowercased }, other: lowercased)
  }

  static func uppercase(_ text: Bytes, to out: inout ByteBuffer) {
    map(text, to: &out, ascii: { $0.asciiUppercased }, other: uppercased)
  }

  /// Appends `text` with characters that differ only in case made equal.
  static func fold(_ text: Bytes, to out: inout ByteBuffer) {
    map(text, to: &out, ascii: { $0.asciiLowercased }, other: folded)
  }

  // Simple mappings only, one code point to one: those that grow, such as sharp s, are unchanged.
  static func lowercased(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    let mapping = scalar.properties.lowercaseMapping.unicodeScalars
    return mapping.count == 1 ? mapping.first ?? scalar : scalar
  }

  static func uppercased(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    let mapping = scalar.properties.uppercaseMapping.unicodeScalars
    return mapping.count == 1 ? mapping.first ?? scalar : scalar
  }

  static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar { lowercased(uppercased(scalar)) }

  @inline(__always) private static func map(
    _ text: Bytes, to out: inout ByteBuffer, ascii: (UInt8) -> UInt8,
    other: (Unicode.Scalar) -> Unicode.Scalar
  ) {
    var at = 0
    while at < text.count {
      let start = at
      out.append(atMost: text.count &- start) { place in
        guard let base = text.baseAddress else { return 0 }
        let run = asciiCount(base + start, text.count &- start)
        for i in 0..<run { place[i] = ascii(base[start &+ i]) }
        at = start &+ run
        return run
      }
      if at < text.count {
        let (value, length) = text.scalar(at: at)
        out.append(other(value))
        at &+= length
      }
    }
  }

  /// The number of ASCII bytes before the first other character.
  private static func asciiCount(_ base: UnsafePointer<UInt8>, _ count: Int) -> Int {
    let raw = UnsafeRawPointer(base)
    var at = 0
    while at &+ 8 <= count, raw.loadUnaligned(fromByteOffset: at, as: UInt64.self) & 0x8080_8080_8080_8080 == 0 {
      at &+= 8
    }
    while at < count && base[at] < 0x80 { at &+= 1 }
    return at
  }

  /// Appends `text` with each character of `from` replaced by the character at its index in `to`; the last of
  /// `to` replaces those that lack one, and if `to` is empty they are removed.
  static func translate(_ text: Bytes, from: Bytes, into replacement: Bytes, to out: inout ByteBuffer) {
    let targets = Array(String(replacement).unicodeScalars)
    var table: [Unicode.Scalar: Unicode.Scalar?] = [:]
    for (i, scalar) in String(from).unicodeScalars.enumerated() where table[scalar] == nil {
      table[scalar] = .some(i < targets.count ? targets[i] : targets.last)
    }
    var at = 0
    while at < text.count {
      let (value, length) = text.scalar(at: at)
      if let target = table[value] {
        if let target { out.append(target) }
      } else {
        out.append(text.part(from: at, to: at &+ length))
      }
      at &+= length
    }
  }
}
