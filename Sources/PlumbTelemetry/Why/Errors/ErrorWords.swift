/// The words of an error text, so that `oom` is found in `OOMKilled` but not in `room`.
///
/// Identifiers are split where their case changes (`ServerBusyException` is three words) and also kept whole.
/// Addresses, paths and quoted names become blanks: they belong to the user and say nothing about the cause.
struct ErrorWords: Sendable {
  /// An identifier without its package, in lower case, and the words that it consists of.
  struct Identifier: Sendable {
    let text: String
    let words: Range<Int>
  }

  /// In lower case; `blank` for the user's names.
  private(set) var words: [String] = []
  private(set) var identifiers: [Identifier] = []

  static let blank = "_"
  /// Longer texts, such as stack traces, give the cause at their beginning or not at all.
  private static let wordLimit = 600

  init(_ text: String) {
    var place = 0
    let bytes = Array(text.utf8)
    while place < bytes.count, words.count < Self.wordLimit {
      let byte = bytes[place]
      if Self.isQuote(byte), let end = quotedName(bytes, place) {
        let start = words.count
        append(identifier: bytes[(place + 1)..<end])
        // The whole is kept, since a code may be quoted; its words are not.
        words.removeSubrange(start...)
        words.append(Self.blank)
        identifiers = identifiers.map { $0.words.lowerBound < start ? $0 : Identifier(text: $0.text, words: start..<(start + 1)) }
        place = end + 1
      } else if Self.isPartOfName(byte) {
        var end = place
        while end < bytes.count, Self.isPartOfChunk(bytes[end]) || Self.isContraction(bytes, end) { end += 1 }
        // A full stop is not part of the last word.
        while end > place, !Self.isPartOfName(bytes[end - 1]) { end -= 1 }
        append(chunk: bytes[place..<end])
        place = end
      } else if byte == UInt8(ascii: "/"), place + 1 < bytes.count, Self.isPartOfName(bytes[place + 1]) {
        while place < bytes.count, Self.isPartOfChunk(bytes[place]) { place += 1 }
        words.append(Self.blank)
      } else {
        place += 1
      }
    }
  }

  private static func isQuote(_ byte: UInt8) -> Bool { byte == .quote || byte == .apostrophe || byte == .backtick }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) || byte >= 0x80 }
  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  private static func isUpper(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }
  private static func isPartOfName(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "_") }

  /// Returns whether a byte joins the parts of an address, a path, a dotted name or a code.
  private static func isPartOfChunk(_ byte: UInt8) -> Bool {
    isPartOfName(byte) || ":/.-$%?&=@#~+\\".utf8.contains(byte)
  }

  /// Returns whether the apostrophe of a word such as `doesn't` is at `place`.
  private static func isContraction(_ bytes: [UInt8], _ place: Int) -> Bool {
    bytes[place] == UInt8(ascii: "'") && place > 0 && place + 1 < bytes.count
      && bytes[place - 1] == UInt8(ascii: "n") && bytes[place + 1] == UInt8(ascii: "t")
  }

  /// Returns the end of a quoted name that begins at `start`; nil for a quoted sentence or an apostrophe.
  private func quotedName(_ bytes: [UInt8], _ start: Int) -> Int? {
    if start > 0, Self.isPartOfName(bytes[start - 1]) { return nil }
    var end = start + 1
    guard end < bytes.count, Self.isLetter(bytes[end]) || bytes[end] == UInt8(ascii: "_") else { return nil }
    while end < bytes.count, Self.isPartOfName(bytes[end]) || bytes[end] == UInt8(ascii: ".") || bytes[end] == UInt8(ascii: "-") {
      end += 1
    }
    guard end < bytes.count, bytes[end] == bytes[start] else { return nil }
    return end
  }

  /// Appends text without spaces: an address or a path as a blank, a dotted name as its last part, a code as it is.
  private mutating func append(chunk: ArraySlice<UInt8>) {
    let slashes = chunk.reduce(0) { $0 + ($1 == UInt8(ascii: "/") || $1 == UInt8(ascii: "\\") ? 1 : 0) }
    if slashes >= 2 {
      // A word before an address belongs to the sentence: `url:https://...`.
      if let colon = chunk.firstIndex(of: UInt8(ascii: ":")), colon + 2 < chunk.endIndex, chunk[colon + 1] != UInt8(ascii: "/") {
        append(chunk: chunk[..<colon])
      }
      words.append(Self.blank)
      return
    }
    var start = chunk.startIndex
    var place = start
    while place <= chunk.endIndex {
      let byte = place == chunk.endIndex ? 0 : chunk[place]
      let isDot = byte == UInt8(ascii: "."), isInside = Self.isPartOfName(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "'")
      if isDot {
        // `java.lang.OutOfMemoryError`: packages and hosts say nothing.
        start = place + 1
      } else if !isInside {
        if start < place { append(identifier: chunk[start..<place]) }
        start = place + 1
      }
      place += 1
    }
  }

  private mutating func append(identifier: ArraySlice<UInt8>) {
    let first = words.count
    var part: [UInt8] = []
    func lower(_ byte: UInt8) -> UInt8 { Self.isUpper(byte) ? byte | 0x20 : byte }
    func end(_ words: inout [String]) {
      guard !part.isEmpty else { return }
      words.append(String(decoding: part, as: UTF8.self))
      part = []
    }
    var place = identifier.startIndex
    while place < identifier.endIndex {
      let byte = identifier[place]
      let previous = place > identifier.startIndex ? identifier[place - 1] : 0
      let next = place + 1 < identifier.endIndex ? identifier[place + 1] : 0
      if byte == UInt8(ascii: "'"), next | 0x20 == UInt8(ascii: "t"), previous == UInt8(ascii: "n") {
        // `doesn't` is `does not`.
        if part != Array("can".utf8) { part.removeLast() }
        end(&words)
        words.append("not")
        place += 2
        continue
      }
      if byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "'") {
        end(&words)
      } else {
        if Self.isUpper(byte) {
          let beginsWord = !Self.isUpper(previous) && !Self.isDigit(previous) || (Self.isUpper(previous) && (0x61...0x7A).contains(next))
          if beginsWord { end(&words) }
        }
        part.append(lower(byte))
      }
      place += 1
    }
    end(&words)
    if words.count > first, words[words.count - 1] == "cannot" {
      words[words.count - 1] = "can"
      words.append("not")
    }
    guard words.count > first else { return }
    let whole = String(decoding: identifier.map(lower), as: UTF8.self)
    identifiers.append(Identifier(text: whole, words: first..<words.count))
  }
}
