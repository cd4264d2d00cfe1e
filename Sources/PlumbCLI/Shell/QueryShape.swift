/// What can be told of a text without parsing it: whether it is complete, and what stands where.
///
/// Strings and comments are skipped as KQL has them; the text may be anything.
struct QueryShape {
  /// Whether Enter should run the text: brackets and texts of several lines are closed, it does not end
  /// with a `|` or another sign that something follows, and its last statement is a query.
  private(set) var isComplete = false
  /// Where the last pipe step begins: after the last `|`, `;` or open bracket outside strings.
  private(set) var stepStart = 0
  /// Whether a `|` stands before the last step.
  private(set) var stepFollowsPipe = false
  /// The words of the current statement, in order, up to the end of the text.
  private(set) var words: [String] = []
  /// The names that the text gives to columns and values, as in `n = count()`.
  private(set) var givenNames: [String] = []
  /// Whether the text ends inside a string or a comment.
  private(set) var endsInText = false

  private let bytes: [UInt8]

  init(_ text: String) {
    bytes = Array(text.utf8)
    var depth = 0
    var last: UInt8 = 0
    var statement: [String] = []
    var statementIsEmpty = true
    var previousStatementWord: String?
    var isOpen = false
    var i = 0
    while i < bytes.count {
      let byte = bytes[i]
      switch byte {
      case UInt8(ascii: " "), 0x09, 0x0A, 0x0D:
        i += 1
        continue
      case UInt8(ascii: "/") where at(i + 1) == UInt8(ascii: "/"):
        while i < bytes.count && bytes[i] != 0x0A { i += 1 }
        endsInText = i == bytes.count
        continue
      case UInt8(ascii: "`"), UInt8(ascii: "~"):
        if at(i + 1) == byte && at(i + 2) == byte {
          (i, isOpen) = skipFence(from: i + 3, fence: byte)
        } else {
          i += 1
        }
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        let isVerbatim = last == UInt8(ascii: "@") && i > 0 && bytes[i - 1] == UInt8(ascii: "@")
        // A string that its line does not close is a mistake to be told, not one to go on with.
        (i, endsInText) = skipString(from: i + 1, quote: byte, isVerbatim: isVerbatim)
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        i += 1
        if byte != UInt8(ascii: "[") { beginStep(at: i, afterPipe: false) }
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
        depth = max(0, depth - 1)
        i += 1
      case UInt8(ascii: "|"):
        i += 1
        beginStep(at: i, afterPipe: true)
      case UInt8(ascii: ";"):
        i += 1
        if depth == 0 {
          previousStatementWord = statement.first
          statement = []
          statementIsEmpty = true
          beginStep(at: i, afterPipe: false)
          last = byte
          continue
        }
      default:
        if Self.isWordByte(byte) {
          let start = i
          while i < bytes.count && Self.isWordByte(bytes[i]) { i += 1 }
          let word = String(decoding: bytes[start..<i], as: UTF8.self)
          statement.append(word)
          if isGiven(after: i) { givenNames.append(word) }
        } else {
          i += 1
        }
      }
      statementIsEmpty = false
      last = bytes[min(i, bytes.count) - 1]
      if isOpen { break }
    }
    if isOpen { endsInText = true }
    words = statement
    let lastWord = (statementIsEmpty ? previousStatementWord : statement.first) ?? ""
    isComplete = !isOpen && depth == 0 && !Self.continues(last) && !Self.preludes.contains(lastWord)
  }

  /// Statements that only prepare for a query.
  private static let preludes: Set<String> = ["let", "declare", "set", "alias", "restrict"]

  /// Signs after which something must follow.
  private static func continues(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "|"), UInt8(ascii: ","), UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "<"),
      UInt8(ascii: ">"), UInt8(ascii: ":"):
      true
    default: false
    }
  }

  static func isWordByte(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte >= 0x80
      || byte == UInt8(ascii: "-")
  }

  private mutating func beginStep(at start: Int, afterPipe: Bool) {
    stepStart = start
    stepFollowsPipe = afterPipe
  }

  /// Whether a single `=` comes next.
  private func isGiven(after index: Int) -> Bool {
    var i = index
    while at(i) == UInt8(ascii: " ") { i += 1 }
    return at(i) == UInt8(ascii: "=") && at(i + 1) != UInt8(ascii: "=") && at(i + 1) != UInt8(ascii: "~")
  }

  private func at(_ index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

  private func skipString(from start: Int, quote: UInt8, isVerbatim: Bool) -> (Int, Bool) {
    var i = start
    while i < bytes.count {
      if bytes[i] == quote {
        if !isVerbatim || at(i + 1) != quote { return (i + 1, false) }
        i += 1
      } else if bytes[i] == UInt8(ascii: "\\") && !isVerbatim {
        i += 1
      } else if bytes[i] == 0x0A {
        // The string is an error; its line ends it.
        return (i, false)
      }
      i += 1
    }
    return (bytes.count, true)
  }

  private func skipFence(from start: Int, fence: UInt8) -> (Int, Bool) {
    var i = start
    while i < bytes.count {
      if bytes[i] == fence && at(i + 1) == fence && at(i + 2) == fence { return (i + 3, false) }
      i += 1
    }
    return (bytes.count, true)
  }
}
