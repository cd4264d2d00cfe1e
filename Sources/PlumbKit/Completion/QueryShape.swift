
/// What can be determined about a text before the cursor without parsing it, for completion.
///
/// Strings and comments are skipped as in KQL; the text may be anything.
package struct QueryShape {
  /// The start of the last pipe step: after the last `|`, `;` or bracket of a query outside strings.
  var stepStart: Int { frame.stepStart }
  /// Whether a `|` precedes the last step.
  var stepFollowsPipe: Bool { frame.followsPipe }
  /// The names that the text gives to columns and values, as in `n = count()`.
  private(set) var givenNames: [String] = []
  /// Whether the text ends inside a string or a comment.
  private(set) var endsInText = false
  /// The start of the string in which the text ends, after its quote.
  private(set) var openText: Int?
  /// The start of the current statement.
  private(set) var statementStart = 0

  /// A bracket that is open at the end, or the statement itself.
  struct Frame {
    var start: Int
    var stepStart: Int
    var followsPipe: Bool
    /// Whether it contains a query, rather than arguments.
    var isQuery: Bool
    /// The position after the bracket.
    var inside = 0
  }

  private(set) var frames = [Frame(start: 0, stepStart: 0, followsPipe: false, isQuery: true)]
  private var frame: Frame { frames[frames.count - 1] }

  let bytes: [UInt8]

  init(_ text: String) {
    bytes = Array(text.utf8)
    var i = 0
    var lastWord = ""
    var last: UInt8 = 0
    while i < bytes.count {
      let byte = bytes[i]
      switch byte {
      case .space, .tab, .newline, .carriageReturn:
        i += 1
        continue
      case UInt8(ascii: "/") where at(i + 1) == byte:
        while i < bytes.count && bytes[i] != .newline { i += 1 }
        endsInText = i == bytes.count
        continue
      case UInt8(ascii: "`") where at(i + 1) == byte && at(i + 2) == byte,
        UInt8(ascii: "~") where at(i + 1) == byte && at(i + 2) == byte:
        i = skipFence(from: i + 3, fence: byte)
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        let isVerbatim = last == UInt8(ascii: "@")
        i = skipString(from: i + 1, quote: byte, isVerbatim: isVerbatim)
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
        i += 1
        let isQuery =
          byte != UInt8(ascii: "[")
          && (Self.opensQuery(after: lastWord, last) || frame.isQuery && Self.takesQueries(self.text(frame.stepStart, i)))
        let outer = frame
        if frames.count < 200 {
          frames.append(
            isQuery
              ? Frame(start: i, stepStart: i, followsPipe: false, isQuery: true, inside: i)
              : Frame(
                start: outer.start, stepStart: outer.stepStart, followsPipe: outer.followsPipe, isQuery: false, inside: i))
        }
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
        i += 1
        if frames.count > 1 { frames.removeLast() }
      case UInt8(ascii: "|"):
        i += 1
        // A pipe shows that what seemed to be arguments is a query, as in `where x in (T | project y)`.
        if !frame.isQuery { frames[frames.count - 1] = Frame(start: frame.inside, stepStart: i, followsPipe: true, isQuery: true) }
        frames[frames.count - 1].stepStart = i
        frames[frames.count - 1].followsPipe = true
      case UInt8(ascii: ";"):
        i += 1
        if frames.count == 1 {
          statementStart = i
          frames = [Frame(start: i, stepStart: i, followsPipe: false, isQuery: true)]
        }
      default:
        guard Self.isWordByte(byte) else {
          i += 1
          break
        }
        let start = i
        let wordBefore = lastWord
        while i < bytes.count && Self.isWordByte(bytes[i]) { i += 1 }
        lastWord = String(decoding: bytes[start..<i], as: UTF8.self)
        if isGiven(after: i) || wordBefore == "as" && Self.isWordByte(last) { givenNames.append(lastWord) }
        last = byte
        continue
      }
      last = byte
    }
  }

  /// The text of the current step, up to the cursor.
  var step: String { text(stepStart, bytes.count) }

  func text(_ from: Int, _ to: Int) -> String {
    let lower = min(max(from, 0), bytes.count)
    return String(decoding: bytes[lower..<min(max(to, lower), bytes.count)], as: UTF8.self)
  }

  /// The text whose last query returns the rows that the current step works on, the outermost position last; with the
  /// preceding statements, so that their names are known.
  var inputs: [String] {
    let prelude = text(0, statementStart)
    return frames.reversed().filter { $0.isQuery && $0.followsPipe }.map { frame in
      prelude + Self.withoutLet(text(frame.start, frame.stepStart - 1))
    }
  }

  /// `let name = query` as the query alone.
  private static func withoutLet(_ text: String) -> String {
    let words = text.drop(while: \.isWhitespace)
    guard words.hasPrefix("let "), let equals = words.firstIndex(of: "=") else { return text }
    return String(words[words.index(after: equals)...])
  }

  /// Whether a bracket after this word contains a query.
  private static func opensQuery(after word: String, _ last: UInt8) -> Bool {
    if last == UInt8(ascii: "=") || last == 0 || last == UInt8(ascii: ",") || last == UInt8(ascii: ")")
      || last == UInt8(ascii: "(") || last == UInt8(ascii: "{") || last == UInt8(ascii: ";") { return true }
    return isWordByte(last)
      && ["join", "lookup", "union", "toscalar", "materialize", "on", "partition", "as"].contains(word)
  }

  /// Whether a step's brackets contain queries, whatever precedes them, as in `join kind=inner (`.
  private static func takesQueries(_ step: String) -> Bool {
    ["join", "lookup", "union", "partition", "make-graph"].contains(step.trimmed.prefix { !$0.isWhitespace })
  }

  /// Whether a bracket around the position belongs to a step that begins with a word.
  func isInside(_ word: String) -> Bool {
    zip(frames, frames.dropFirst()).contains { outer, inner in text(outer.stepStart, inner.start).trimmed.hasPrefix(word + " ") }
  }

  /// The word with which the step begins whose bracket contains the cursor.
  var outerStepWord: String {
    guard frames.count > 1 else { return "" }
    let outer = frames[frames.count - 2]
    return String(text(outer.stepStart, frame.start).trimmed.prefix { !$0.isWhitespace })
  }

  package static func isWordByte(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte >= 0x80
      || byte == UInt8(ascii: "-")
  }

  /// Whether a single `=` comes next.
  private func isGiven(after index: Int) -> Bool {
    var i = index
    while at(i) == UInt8(ascii: " ") { i += 1 }
    // `(n: long)`: a parameter or a column.
    if at(i) == UInt8(ascii: ":"), frames.count > 1, at(i + 1) != UInt8(ascii: "=") { return true }
    return at(i) == UInt8(ascii: "=") && at(i + 1) != UInt8(ascii: "=") && at(i + 1) != UInt8(ascii: "~")
  }

  private func at(_ index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

  private mutating func skipString(from start: Int, quote: UInt8, isVerbatim: Bool) -> Int {
    var i = start
    while i < bytes.count {
      if bytes[i] == quote {
        if !isVerbatim || at(i + 1) != quote { return i + 1 }
        i += 1
      } else if bytes[i] == UInt8(ascii: "\\") && !isVerbatim {
        i += 1
      } else if bytes[i] == .newline {
        // The string is an error; its line ends it.
        return i
      }
      i += 1
    }
    endsInText = true
    openText = start
    return bytes.count
  }

  private mutating func skipFence(from start: Int, fence: UInt8) -> Int {
    var i = start
    while i < bytes.count {
      if bytes[i] == fence && at(i + 1) == fence && at(i + 2) == fence { return i + 3 }
      i += 1
    }
    endsInText = true
    return bytes.count
  }
}
