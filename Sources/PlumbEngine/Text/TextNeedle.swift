/// A text to search for in other texts, prepared once: for `contains`, `startswith`, `has` and similar operators.
struct TextNeedle: Sendable {
  private let bytes: [UInt8]
  private let ignoresCase: Bool
  /// The text must be folded before the search: the needle has letters beyond ASCII and case is ignored.
  private let foldsText: Bool
  private let startsWithTerm: Bool
  private let endsWithTerm: Bool
  /// Two bytes of the needle that are rare in texts: their positions, and the bit to set before comparing with them.
  private let first: Probe
  private let second: Probe

  private struct Probe {
    var offset = 0
    var byte: UInt8 = 0
    var mask: UInt8 = 0
  }

  init(_ text: Bytes, ignoresCase: Bool) {
    var out = ByteBuffer(capacity: text.count)
    if ignoresCase { TextChange.fold(text, to: &out) } else { out.append(text) }
    bytes = out.bytes
    self.ignoresCase = ignoresCase
    foldsText = ignoresCase && !text.isASCII
    startsWithTerm = !text.isEmpty && Terms.isTermScalar(text.scalar(at: 0).value)
    endsWithTerm = !text.isEmpty && Terms.isTermScalar(text.scalar(before: text.count))
    let masksCase = ignoresCase && !foldsText
    let probes = bytes.enumerated().map { offset, byte in
      Probe(offset: offset, byte: byte, mask: masksCase && byte.isASCIILetter ? 0x20 : 0)
    }.sorted { Self.frequency($0.byte) < Self.frequency($1.byte) }
    let rarest = probes.first ?? Probe()
    first = rarest
    second = probes.first { $0.byte != rarest.byte } ?? probes.last ?? rarest
  }

  /// Roughly how frequent a byte is in texts, for choosing which ones to search for.
  private static func frequency(_ byte: UInt8) -> Int {
    if byte == .space { return 1_000 }
    if byte.isDigit { return 400 }
    // Letters in order of frequency in English.
    let order: StaticString = "etaoinsrhldcumfpgwybvkxjqz"
    for place in 0..<order.utf8CodeUnitCount where order.utf8Start[place] == byte { return 900 - 30 * place }
    return byte < 0x80 ? 200 : 500
  }

  init(_ text: String, ignoresCase: Bool) {
    self = text.withUTF8Bytes { TextNeedle($0, ignoresCase: ignoresCase) }
  }

  var isEmpty: Bool { bytes.isEmpty }

  func isFound(in text: Bytes) -> Bool { inFolded(text) { find(in: $0, from: 0) != nil } }

  func equals(_ text: Bytes) -> Bool {
    inFolded(text) { $0.count == bytes.count && matches($0, at: 0) }
  }

  func isPrefix(of text: Bytes) -> Bool {
    inFolded(text) { $0.count >= bytes.count && matches($0, at: 0) }
  }

  func isSuffix(of text: Bytes) -> Bool {
    inFolded(text) { $0.count >= bytes.count && matches($0, at: $0.count &- bytes.count) }
  }

  /// Whether the needle is one or several whole terms of the text: `has`.
  func isTerm(in text: Bytes) -> Bool { isBounded(in: text, before: true, after: true) }

  /// Whether a term of the text starts with the needle: `hasprefix`.
  func isTermPrefix(in text: Bytes) -> Bool { isBounded(in: text, before: true, after: false) }

  /// Whether a term of the text ends with the needle: `hassuffix`.
  func isTermSuffix(in text: Bytes) -> Bool { isBounded(in: text, before: false, after: true) }

  /// The number of occurrences of the needle: without overlaps, or at every position.
  func count(in text: Bytes, overlapping: Bool = false) -> Int {
    if isEmpty { return 0 }
    return inFolded(text) { text in
      var total = 0
      var at = 0
      while let found = find(in: text, from: at) {
        total &+= 1
        at = found &+ (overlapping ? 1 : bytes.count)
      }
      return total
    }
  }

  /// The offset of the first occurrence at or after `start`. Only for case-sensitive needles.
  func offset(in text: Bytes, from start: Int = 0) -> Int? { find(in: text, from: start) }

  private func isBounded(in text: Bytes, before: Bool, after: Bool) -> Bool {
    if isEmpty { return true }
    return inFolded(text) { text in
      var at = 0
      while let found = find(in: text, from: at) {
        let end = found &+ bytes.count
        let isStart = !before || !startsWithTerm || found == 0 || !Terms.isTerm(before: found, in: text)
        let isEnd = !after || !endsWithTerm || end == text.count || !Terms.isTerm(at: end, in: text)
        if isStart && isEnd { return true }
        at = found &+ 1
      }
      return false
    }
  }

  @inline(__always) private func inFolded<Result>(_ text: Bytes, _ body: (Bytes) -> Result) -> Result {
    if !foldsText { return body(text) }
    var out = ByteBuffer(capacity: text.count)
    TextChange.fold(text, to: &out)
    return out.withBytes(body)
  }

  private func matches(_ text: Bytes, at start: Int) -> Bool {
    bytes.withUnsafeBufferPointer { needle in
      if ignoresCase && !foldsText {
        for i in 0..<needle.count where text[start &+ i].asciiLowercased != needle[i] { return false }
        return true
      }
      return text.part(from: start, to: start &+ needle.count).equals(needle)
    }
  }

  /// Tests sixteen positions at once for two bytes of the needle at the right distance, after
  /// W. Mula, "SIMD-friendly algorithms for substring searching".
  private func find(in text: Bytes, from start: Int) -> Int? {
    let size = bytes.count
    if size == 0 { return start <= text.count ? start : nil }
    guard let base = text.baseAddress, start >= 0, text.count &- start >= size else { return nil }
    let last = text.count &- size
    let one = UnsafeRawPointer(base) + first.offset, two = UnsafeRawPointer(base) + second.offset
    if last &- start < 15 {
      for at in start...last {
        let byte = one.load(fromByteOffset: at, as: UInt8.self) | first.mask
        if byte == first.byte, matches(text, at: at) { return at }
      }
      return nil
    }
    let oneByte = SIMD16<UInt8>(repeating: first.byte), oneMask = SIMD16<UInt8>(repeating: first.mask)
    let twoByte = SIMD16<UInt8>(repeating: second.byte), twoMask = SIMD16<UInt8>(repeating: second.mask)
    var at = start
    while true {
      // The last sixteen positions overlap those before them.
      let block = Swift.min(at, last &- 15)
      let left = one.loadUnaligned(fromByteOffset: block, as: SIMD16<UInt8>.self) | oneMask
      let right = two.loadUnaligned(fromByteOffset: block, as: SIMD16<UInt8>.self) | twoMask
      // Zero where both bytes are right.
      let difference = unsafeBitCast((left .!= oneByte) .| (right .!= twoByte), to: SIMD2<UInt64>.self)
      if difference[0] & difference[1] != .max {
        if let found = firstMatch(in: text, from: block, among: ~difference[0]) { return found }
        if let found = firstMatch(in: text, from: block &+ 8, among: ~difference[1]) { return found }
      }
      if block &+ 15 >= last { return nil }
      at = block &+ 16
    }
  }

  /// The first of eight positions at which the needle occurs; a candidate has all bits of its byte set.
  @inline(__always)
  private func firstMatch(in text: Bytes, from start: Int, among places: UInt64) -> Int? {
    var left = places
    while left != 0 {
      let place = left.trailingZeroBitCount &>> 3
      if matches(text, at: start &+ place) { return start &+ place }
      left &= ~(0xFF &<< UInt64(place &* 8))
    }
    return nil
  }
}

/// Terms: the longest runs of letters and digits in a text.
enum Terms {
  static func isTermScalar(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII {
      let byte = UInt8(truncatingIfNeeded: scalar.value)
      return byte.isASCIILetter || byte.isDigit
    }
    let properties = scalar.properties
    return properties.isAlphabetic || properties.numericType != nil
  }

  @inline(__always) static func isTerm(at place: Int, in text: Bytes) -> Bool {
    let byte = text[place]
    return byte < 0x80 ? byte.isASCIILetter || byte.isDigit : isTermScalar(text.scalar(at: place).value)
  }

  @inline(__always) static func isTerm(before place: Int, in text: Bytes) -> Bool {
    let byte = text[place &- 1]
    return byte < 0x80 ? byte.isASCIILetter || byte.isDigit : isTermScalar(text.scalar(before: place))
  }

  static func forEach(in text: Bytes, _ body: (Bytes) -> Void) {
    var at = 0
    var start: Int?
    while at < text.count {
      let (value, length) = text.scalar(at: at)
      if isTermScalar(value) {
        if start == nil { start = at }
      } else if let begin = start {
        body(text.part(from: begin, to: at))
        start = nil
      }
      at &+= length
    }
    if let begin = start { body(text.part(from: begin)) }
  }
}

/// Texts compared without regard to case.
enum CaselessOrder {
  static func areEqual(_ lhs: Bytes, _ rhs: Bytes) -> Bool {
    if lhs.count == rhs.count {
      var isASCII = true
      var differs = false
      for i in 0..<lhs.count {
        isASCII = isASCII && (lhs[i] | rhs[i]) < 0x80
        if lhs[i].asciiLowercased != rhs[i].asciiLowercased { differs = true; break }
      }
      if !differs { return true }
      if isASCII { return false }
    }
    if lhs.isASCII && rhs.isASCII { return false }
    return folded(lhs).withBytes { left in folded(rhs).withBytes { left.equals($0) } }
  }

  /// Negative, zero or positive, by code points after folding.
  static func compare(_ lhs: Bytes, _ rhs: Bytes) -> Int {
    folded(lhs).withBytes { left in folded(rhs).withBytes { left.compared(to: $0) } }
  }

  private static func folded(_ text: Bytes) -> ByteBuffer {
    var out = ByteBuffer(capacity: text.count)
    TextChange.fold(text, to: &out)
    return out
  }
}

extension TextNeedle {
  /// Visits the parts of `text` between occurrences; an empty needle divides nothing.
  func split(_ text: Bytes, _ body: (Bytes) -> Void) {
    var at = 0
    while !isEmpty, let found = offset(in: text, from: at) {
      body(text.part(from: at, to: found))
      at = found &+ size
    }
    body(text.part(from: at))
  }

  /// Appends `text` with every occurrence replaced.
  func replace(in text: Bytes, with replacement: Bytes, to out: inout ByteBuffer) {
    var at = 0
    while !isEmpty, !out.isFull, let found = offset(in: text, from: at) {
      out.append(text.part(from: at, to: found))
      out.append(replacement)
      at = found &+ size
    }
    out.append(text.part(from: at))
  }

  /// The number of bytes that a match covers in texts.
  var size: Int { bytes.count }
}
