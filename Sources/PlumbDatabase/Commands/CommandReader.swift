import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// Reads a management command word by word; all spans are places in the script that it stands in.
struct CommandReader {
  private let bytes: [UInt8]
  private let start: Int
  private(set) var at = 0

  init(_ command: CommandSyntax) { self.init(command.text, at: command.span.lower) }

  /// - Parameter start: where the text begins in the script.
  init(_ text: String, at start: Int) {
    bytes = Array(text.utf8)
    self.start = start
  }

  var wholeSpan: SourceSpan { SourceSpan(start, start + bytes.count) }
  /// Where the next word begins, one place wide.
  var here: SourceSpan {
    var ahead = self
    ahead.skipSpace()
    return SourceSpan(start + ahead.at, start + min(ahead.at + 1, bytes.count))
  }
  /// The offset in the script of what comes next.
  var offset: Int { start + at }

  private func text(_ from: Int, _ to: Int) -> String { String(decoding: bytes[from..<to], as: UTF8.self) }

  private func isSpace(_ byte: UInt8) -> Bool { byte <= 0x20 }

  private func isWordPart(_ byte: UInt8) -> Bool {
    byte == .underscore || byte == .minus || byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte >= 0x80
  }

  mutating func skipSpace() {
    while at < bytes.count {
      if isSpace(bytes[at]) {
        at += 1
      } else if bytes[at] == .slash, at + 1 < bytes.count, bytes[at + 1] == .slash {
        while at < bytes.count, bytes[at] != .newline { at += 1 }
      } else {
        return
      }
    }
  }

  var isAtEnd: Bool {
    var copy = self
    copy.skipSpace()
    return copy.at >= bytes.count
  }

  /// A word such as `tables` or `.show`; nil when something else comes.
  mutating func word() -> String? {
    skipSpace()
    var end = at
    if end < bytes.count, bytes[end] == .fullStop { end += 1 }
    while end < bytes.count, isWordPart(bytes[end]) { end += 1 }
    guard end > at else { return nil }
    defer { at = end }
    return text(at, end)
  }

  /// Passes a word if it is the next one.
  mutating func skip(_ wanted: String) -> Bool {
    var copy = self
    guard copy.word()?.lowercased() == wanted else { return false }
    self = copy
    return true
  }

  mutating func skip(symbol: String) -> Bool {
    skipSpace()
    let symbol = Array(symbol.utf8)
    guard bytes[at...].starts(with: symbol) else { return false }
    at += symbol.count
    return true
  }

  /// A name: bare, with dashes, or as `['...']`, `["..."]`.
  mutating func name(_ what: String) throws -> (text: String, span: SourceSpan) {
    skipSpace()
    let from = at
    var name: String?
    if at < bytes.count, bytes[at] == .openBracket {
      let inside = try bracketed("[", "]").dropFirst().dropLast()
      let trimmed = inside.drop { $0.isWhitespace }
      if let quote = trimmed.first, quote == "'" || quote == "\"", trimmed.last == quote, trimmed.count > 2 {
        name = String(trimmed.dropFirst().dropLast()).unescaped
      }
    } else if at < bytes.count, bytes[at] != .fullStop {
      name = word()
    }
    guard let name, !name.isEmpty, name.utf8.count <= 1_024, !name.utf8.contains(0) else {
      throw Diagnostic("missing-name", "\(what) is missing here", at: SourceSpan(start + from, start + max(from, at)))
    }
    return (name, SourceSpan(start + from, start + at))
  }

  /// The text from an opening bracket to its closing one, both included.
  mutating func bracketed(_ opening: Character, _ closing: Character) throws -> String {
    skipSpace()
    let from = at
    let open = opening.asciiValue ?? 0
    guard at < bytes.count, bytes[at] == open else {
      throw Diagnostic("missing-bracket", "`\(opening)` is missing here", at: here)
    }
    var nesting = Nesting()
    while at < bytes.count {
      nesting.pass(bytes[at])
      at += 1
      if nesting.isOutside { return text(from, at) }
    }
    throw Diagnostic(
      "missing-bracket", "`\(opening)` has no `\(closing)`", at: SourceSpan(start + from, start + from + 1))
  }

  /// `with (name = value, ...)`, if it comes next; names in lower case.
  mutating func properties() throws -> [String: String] {
    guard skip("with") else { return [:] }
    var result: [String: String] = [:]
    let inside = try bracketed("(", ")").dropFirst().dropLast()
    var reader = CommandReader(String(inside), at: offset)
    while let key = reader.word() {
      guard reader.skip(symbol: "=") else { break }
      reader.skipSpace()
      result[key.lowercased()] = reader.value()
      if !reader.skip(symbol: ",") { break }
    }
    return result
  }

  /// The path of a file: quoted, or up to the next white space.
  mutating func path() throws -> (text: String, span: SourceSpan) {
    skipSpace()
    let from = at
    let path: String
    if at < bytes.count, bytes[at] == .quote || bytes[at] == .apostrophe {
      path = value()
    } else {
      while at < bytes.count, !isSpace(bytes[at]) { at += 1 }
      path = text(from, at)
    }
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw Diagnostic(
        "missing-path", "the path of a file is missing here", at: SourceSpan(start + from, start + max(from, at)))
    }
    return (path, SourceSpan(start + from, start + at))
  }

  /// A quoted text, or a bare word.
  mutating func value() -> String {
    guard at < bytes.count, bytes[at] == .quote || bytes[at] == .apostrophe else { return word() ?? "" }
    let quote = bytes[at]
    let from = at + 1
    at += 1
    while at < bytes.count, bytes[at] != quote { at += bytes[at] == .backslash ? 2 : 1 }
    let end = min(at, bytes.count)
    at = min(at + 1, bytes.count)
    return text(min(from, end), end).unescaped
  }

  /// Passes everything up to a pipe outside of quotes and brackets, or to the end.
  func pipe() -> Int? {
    var nesting = Nesting()
    for place in at..<max(at, bytes.count) {
      if bytes[place] == .bar, nesting.isOutside { return start + place }
      nesting.pass(bytes[place])
    }
    return nil
  }

  /// - Throws: a diagnostic when something is left.
  mutating func finish(_ usage: String) throws {
    skipSpace()
    guard at < bytes.count else { return }
    throw Diagnostic(
      "bad-command", "this does not belong here", at: SourceSpan(start + at, start + bytes.count),
      help: "write `\(usage)`")
  }

  /// What is left, for commands that take data written out.
  mutating func rest() -> String {
    defer { at = bytes.count }
    return text(at, bytes.count)
  }
}

extension String {
  /// Without the backslashes of a quoted text.
  fileprivate var unescaped: String {
    var result = ""
    var isEscaped = false
    for character in self {
      if isEscaped {
        switch character {
        case "n": result.append("\n")
        case "r": result.append("\r")
        case "t": result.append("\t")
        default: result.append(character)
        }
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else {
        result.append(character)
      }
    }
    return result
  }
}

/// Follows quotes and brackets through a text, a byte at a time.
private struct Nesting {
  private var depth = 0
  private var quote: UInt8 = 0
  private var isEscaped = false

  /// Whether what was passed leaves no quote and no bracket open.
  var isOutside: Bool { quote == 0 && depth == 0 }

  mutating func pass(_ byte: UInt8) {
    if isEscaped {
      isEscaped = false
    } else if quote != 0 {
      if byte == .backslash { isEscaped = true } else if byte == quote { quote = 0 }
    } else if byte == .quote || byte == .apostrophe {
      quote = byte
    } else if byte == .openParenthesis || byte == .openBracket || byte == .openBrace {
      depth &+= 1
    } else if byte == .closeParenthesis || byte == .closeBracket || byte == .closeBrace {
      depth &-= 1
    }
  }
}
