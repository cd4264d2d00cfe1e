/// A regular expression of KQL, which has the syntax of Rust's `regex`, as a pattern of RE2.
///
/// RE2 knows `\w`, `\d`, `\s` and `\b` for ASCII only, no operations on classes, and fewer escapes; classes are therefore
/// computed and written as ranges.
struct RegexTranslation {
  /// The texts for which a pattern is translated.
  enum Texts {
    /// ASCII texts, for which short classes are enough and RE2's word edges are right.
    case ascii
    case any
    /// Texts with the marks of `EdgedText`.
    case edged
  }

  var pattern = ""
  /// Whether the pattern differs for texts that are not ASCII.
  var isSensitive = false
  /// Whether it has `\b` or `\B` of Unicode words.
  var hasEdges = false
  /// Whether it has an edge that RE2 does not know for any text, such as `\<`.
  var hasOneSidedEdges = false

  let texts: Texts
  let source: [Unicode.Scalar]
  var at = 0
  var flags = Flags()
  private var groups: [Flags] = []
  /// Edges that are required at this place and not yet written.
  private var edges: Set<EdgedText.Edge>?

  struct Flags {
    var matchesNewlines = false
    var isVerbose = false
    var isUnicode = true
    var isCRLF = false
    var isMultiline = false
  }

  init(_ source: String, for texts: Texts) throws(RegularExpression.Failure) {
    self.texts = texts
    self.source = Array(source.unicodeScalars)
    while at < self.source.count { try translateNext() }
    writeEdges()
  }

  private mutating func translateNext() throws(RegularExpression.Failure) {
    let scalar = source[at]
    if flags.isVerbose && skipBlank() { return }
    at += 1
    switch scalar {
    case "\\": try translateEscape()
    case "[": write(try parseClass())
    case "(": try openGroup()
    case ")":
      writeEdges()
      if let outer = groups.popLast() { flags = outer }
      pattern += ")"
    case "|", "*", "+", "?":
      writeEdges()
      pattern.unicodeScalars.append(scalar)
    case "{":
      if let count = repetition() {
        writeEdges()
        pattern += count
      } else {
        writeLiteral(scalar)
      }
    case ".": writeDot()
    case "^":
      try refuseCRLF("^")
      writeEdges()
      pattern += "^"
    case "$":
      try refuseCRLF("$")
      writeEnd("$")
    default: writeLiteral(scalar)
    }
  }

  /// Skips white space and a comment of the verbose mode.
  private mutating func skipBlank() -> Bool {
    let start = at
    while at < source.count, source[at].properties.isWhitespace { at += 1 }
    if at < source.count, source[at] == "#" {
      while at < source.count, source[at] != "\n" { at += 1 }
    }
    return at > start
  }

  private func refuseCRLF(_ sign: String) throws(RegularExpression.Failure) {
    if flags.isCRLF && flags.isMultiline {
      throw .init(sentence: "`\(sign)` with the flags `m` and `R` is not supported; write `\\r?$` without `R`")
    }
  }

  // MARK: - Writing

  /// Appends what matches one character.
  private mutating func writeAtom(_ text: String) {
    writeEdges()
    pattern += texts == .edged ? "(?:[\\x{fdd0}-\\x{fdd3}]?\(text))" : text
  }

  mutating func writeLiteral(_ scalar: Unicode.Scalar) {
    let byte = UInt8(truncatingIfNeeded: scalar.value)
    let isPlain = scalar.isASCII && (byte.isASCIILetter || byte.isDigit)
    writeAtom(isPlain ? String(scalar) : CharacterClass.hexadecimal(scalar.value))
  }

  mutating func write(_ parsed: ParsedClass) {
    let excluded = texts == .edged ? EdgedText.marks : ScalarSet()
    writeAtom(parsed.content.text(isNegated: parsed.isNegated, excluding: excluded))
  }

  private mutating func writeDot() {
    var none: [ClosedRange<UInt32>] = flags.matchesNewlines ? [] : [0x0A...0x0A]
    if flags.isCRLF && !flags.matchesNewlines { none.append(0x0D...0x0D) }
    if texts != .edged && !flags.isCRLF { return writeAtom(".") }
    write(ParsedClass(content: CharacterClass(points: ScalarSet(none)), isNegated: true))
  }

  /// The mark at the end of a text is passed over.
  mutating func writeEnd(_ sign: String) {
    writeEdges()
    pattern += texts == .edged ? "(?:[\\x{fdd0}-\\x{fdd3}]?\(sign))" : sign
  }

  mutating func writeEdges() {
    guard let wanted = edges else { return }
    edges = nil
    pattern += CharacterClass(points: ScalarSet(wanted.map { $0.rawValue...$0.rawValue })).text()
  }

  /// Requires one of `wanted` at this place; edges that follow one another must all hold.
  mutating func require(_ wanted: Set<EdgedText.Edge>) {
    guard texts == .edged else { return }
    edges = edges.map { $0.intersection(wanted) } ?? wanted
  }

  // MARK: - Groups

  private mutating func openGroup() throws(RegularExpression.Failure) {
    writeEdges()
    let outer = flags
    guard at < source.count, source[at] == "?" else {
      groups.append(outer)
      pattern += "("
      return
    }
    let start = at - 1
    at += 1
    for opening in ["P<", "<"] where source[at...].starts(with: opening.unicodeScalars) {
      let from = at + opening.count
      guard from < source.count, source[from] != "=", source[from] != "!", let end = source[from...].firstIndex(of: ">") else { break }
      at = end + 1
      groups.append(outer)
      pattern += "("
      return
    }
    try translateFlags(from: start, outer)
  }

  private mutating func translateFlags(from start: Int, _ outer: Flags) throws(RegularExpression.Failure) {
    var known = "", isOn = true
    while at < source.count, source[at] != ":", source[at] != ")" {
      let flag = source[at]
      switch flag {
      case "-":
        isOn = false
        known += "-"
      case "i", "U": known.unicodeScalars.append(flag)
      case "m", "s":
        if flag == "m" { flags.isMultiline = isOn } else { flags.matchesNewlines = isOn }
        known.unicodeScalars.append(flag)
      case "x": flags.isVerbose = isOn
      case "u": flags.isUnicode = isOn
      case "R": flags.isCRLF = isOn
      default: throw .init(sentence: "`\(text(from: start, to: at + 1))` is not supported\(Self.help(for: flag))")
      }
      at += 1
    }
    guard at < source.count else { throw .init(sentence: "`\(text(from: start, to: at))` has no `)`") }
    let isGroup = source[at] == ":"
    at += 1
    if known.hasSuffix("-") { known.removeLast() }
    if isGroup { groups.append(outer) }
    if isGroup || !known.isEmpty { pattern += "(?\(known)\(isGroup ? ":" : ")")" }
  }

  private static func help(for flag: Unicode.Scalar) -> String {
    "=!<>".unicodeScalars.contains(flag) ? ": a pattern cannot look around" : ": the flags are `i`, `m`, `s`, `x`, `u`, `U` and `R`"
  }

  /// `{2}`, `{2,}` or `{2,5}`, and moves past it; nil if the brace is a character.
  mutating func repetition() -> String? {
    guard let end = source[at...].firstIndex(of: "}") else { return nil }
    let inner = text(from: at, to: end).filter { !$0.isWhitespace || !flags.isVerbose }
    let parts = inner.split(separator: ",", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), !parts[0].isEmpty, inner.allSatisfy({ $0 == "," || $0.isASCII && $0.isNumber }) else { return nil }
    at = end + 1
    return "{\(inner)}"
  }

  func text(from start: Int, to end: Int) -> String {
    String(String.UnicodeScalarView(source[start..<Swift.min(end, source.count)]))
  }
}
