/// The text of a command: its words, and where the steps begin that its rows are piped through.
struct CommandText: Sendable {
  enum Token: Hashable, Sendable {
    /// A bare word in lower case, and as it was written.
    case word(String, written: String)
    /// A name in brackets or quotes: `['x']`, `["x"]`, `"x"`.
    case name(String)
    case symbol(Character)
  }

  /// The tokens before the first pipe.
  let tokens: [Token]
  /// The offset of the command's dot, in bytes.
  let start: Int
  /// The offset of the first pipe outside brackets and quotes, in bytes; that of the end without one.
  let end: Int

  /// - Returns: nil if the text does not begin with a dot, apart from white space and comments.
  init?(_ text: String) {
    let bytes = Array(text.utf8)
    var at = Self.skippingSpace(bytes, from: 0)
    guard at < bytes.count, bytes[at] == UInt8(ascii: ".") else { return nil }
    start = at
    var tokens: [Token] = []
    var depth = 0
    scan: while at < bytes.count {
      let byte = bytes[at]
      switch byte {
      case UInt8(ascii: "|") where depth == 0: break scan
      case UInt8(ascii: "'"), UInt8(ascii: "\""):
        let (name, next) = Self.quoted(bytes, from: at)
        tokens.append(.name(name))
        at = next
      case UInt8(ascii: "["):
        let inner = Self.skippingSpace(bytes, from: at + 1)
        if inner < bytes.count, bytes[inner] == UInt8(ascii: "'") || bytes[inner] == UInt8(ascii: "\"") {
          let (name, next) = Self.quoted(bytes, from: inner)
          tokens.append(.name(name))
          at = Self.skippingSpace(bytes, from: next)
          if at < bytes.count, bytes[at] == UInt8(ascii: "]") { at += 1 }
        } else {
          depth += 1
          tokens.append(.symbol("["))
          at += 1
        }
      case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: ","), UInt8(ascii: "="), UInt8(ascii: ";"),
        UInt8(ascii: "|"):
        if byte == UInt8(ascii: "(") { depth += 1 }
        if byte == UInt8(ascii: ")") || byte == UInt8(ascii: "]") { depth = max(0, depth - 1) }
        tokens.append(.symbol(Character(Unicode.Scalar(byte))))
        at += 1
      default:
        let next = Self.skippingSpace(bytes, from: at)
        if next > at {
          at = next
          continue
        }
        let wordStart = at
        while at < bytes.count, !Self.endsWord(bytes[at]) { at += 1 }
        if at == wordStart { at += 1 }
        let written = String(decoding: bytes[wordStart..<at], as: UTF8.self)
        tokens.append(.word(written.lowercased(), written: written))
      }
    }
    while tokens.last == .symbol(";") { tokens.removeLast() }
    self.tokens = tokens
    end = at
  }

  private static func endsWord(_ byte: UInt8) -> Bool { byte <= .space || "()[],=;|'\"".utf8.contains(byte) }

  private static func skippingSpace(_ bytes: [UInt8], from start: Int) -> Int {
    var at = start
    while at < bytes.count {
      if bytes[at] <= .space {
        at += 1
      } else if bytes[at] == UInt8(ascii: "/"), at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "/") {
        while at < bytes.count, bytes[at] != .newline { at += 1 }
      } else {
        break
      }
    }
    return at
  }

  private static func quoted(_ bytes: [UInt8], from start: Int) -> (String, Int) {
    var name: [UInt8] = []
    var at = start + 1
    while at < bytes.count, bytes[at] != bytes[start] {
      if bytes[at] == UInt8(ascii: "\\"), at + 1 < bytes.count { at += 1 }
      name.append(bytes[at])
      at += 1
    }
    return (String(decoding: name, as: UTF8.self), min(at + 1, bytes.count))
  }

  /// Matches the tokens with a pattern such as `.show database NAME? schema as json`.
  ///
  /// `NAME` is a name, `NAME?` one that may be missing, `LIST?` names in brackets that may be missing, `*` anything.
  /// - Returns: the names; nil if the tokens differ.
  func names(by pattern: String) -> [String]? {
    var names: [String] = []
    var rest = tokens[...]
    for element in pattern.split(separator: " ") {
      switch element {
      case "*": return names
      case "NAME":
        guard let name = Self.name(rest.first) else { return nil }
        names.append(name)
        rest.removeFirst()
      case "NAME?":
        if case .name(let name)? = rest.first {
          names.append(name)
          rest.removeFirst()
        } else if case .word(let word, let written)? = rest.first, !pattern.split(separator: " ").contains(Substring(word)) {
          names.append(written)
          rest.removeFirst()
        }
      case "LIST?":
        guard rest.first == .symbol("(") else { continue }
        guard let close = rest.firstIndex(of: .symbol(")")) else { return nil }
        names += rest[rest.index(after: rest.startIndex)..<close].compactMap(Self.name)
        rest = rest[rest.index(after: close)...]
      default:
        guard case .word(let word, _)? = rest.first, word == element else { return nil }
        rest.removeFirst()
      }
    }
    return rest.isEmpty ? names : nil
  }

  /// The value of a property such as `format = "csv"`, by its name in lower case.
  func value(of property: String) -> String? {
    for index in tokens.indices.dropLast(2) where tokens[index + 1] == .symbol("=") {
      if case .word(property, _) = tokens[index] { return Self.name(tokens[index + 2])?.lowercased() }
    }
    return nil
  }

  private static func name(_ token: Token?) -> String? {
    switch token {
    case .word(_, let written)?: written
    case .name(let name)?: name
    case .symbol?, nil: nil
    }
  }
}
