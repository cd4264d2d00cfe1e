import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// A rule in a file: comment lines with keys, and a query.
///
/// The header begins with the line that has `alert:` and ends before the first line that is not a comment with text.
/// Several keys share a line if two spaces are between them.
package enum RuleFile {
  /// Whether a text has the header of a rule.
  package static func isRule(_ text: String) -> Bool { headerStart(lines(of: text)) != nil }

  /// Reads a rule and reports everything that is wrong with its header.
  ///
  /// - Throws: `Diagnostics` with places in `text`.
  package static func read(_ text: String, origin: RuleOrigin = .file) throws -> AlertRule {
    let lines = lines(of: text)
    guard let start = headerStart(lines) else {
      throw Diagnostics([
        Diagnostic(
          "no-header", "this is not a rule: no comment has `alert: NAME`", at: SourceSpan(0, lines.first?.text.utf8.count ?? 0),
          help: "begin the file with `// alert: NAME  severity: high  every: 5m`")
      ])
    }
    var rule = AlertRule(name: "", query: "")
    rule.origin = origin
    var problems: [Diagnostic] = []
    var seen: [String: SourceSpan] = [:]
    var end = start
    while end < lines.count, let body = comment(lines[end].text), !body.text.trimmed.isEmpty {
      for pair in pairs(in: body.text, at: lines[end].offset + body.offset) {
        problems += apply(pair, to: &rule, &seen)
      }
      end += 1
    }
    // The header consists of comments, so the whole text is the query, and its places are those in the file.
    rule.query = text
    let parsed = parse(text)
    if parsed.script.statements.isEmpty && !parsed.hasErrors {
      problems.append(
        Diagnostic(
          "no-query", "the rule `\(rule.name)` has no query", at: seen["alert"],
          help: "write a query after the header whose rows are what is wrong"))
    }
    if !problems.isEmpty { throw Diagnostics(problems) }
    return rule
  }

  /// The text after the header; all of it if it has no header.
  package static func body(of text: String) -> String {
    let lines = lines(of: text)
    guard let start = headerStart(lines) else { return text }
    var end = start
    while end < lines.count, let body = comment(lines[end].text), !body.text.trimmed.isEmpty { end += 1 }
    let kept = lines[..<start].filter { !$0.text.trimmed.isEmpty } + lines[end...].drop { $0.text.trimmed.isEmpty }
    return kept.map { String($0.text) }.joined(separator: "\n")
  }

  // MARK: Parts

  private struct Pair {
    let name: String
    let nameSpan: SourceSpan
    let value: String
    let valueSpan: SourceSpan
  }

  private static func apply(_ pair: Pair, to rule: inout AlertRule, _ seen: inout [String: SourceSpan]) -> [Diagnostic] {
    let name = pair.name.lowercased()
    if seen[name] != nil {
      return [Diagnostic("repeated-key", "`\(name)` appears twice in the header", at: pair.nameSpan, help: "keep one of them")]
    }
    seen[name] = pair.nameSpan
    if name == "alert" {
      rule.name = pair.value
      return nameProblem(pair.value, at: pair.value.isEmpty ? pair.nameSpan : pair.valueSpan).map { [$0] } ?? []
    }
    guard let key = RuleKey.named(name) else {
      return [unknownKey(pair.name, at: pair.nameSpan)]
    }
    if let clash = clash(name, Set(seen.keys)) {
      return [Diagnostic("key-clash", "`for` and `of` cannot be combined", at: pair.nameSpan, help: "keep `\(clash)` or `\(name)`")]
    }
    guard let expected = key.read(pair.value, &rule) else { return [] }
    return [wrongValue(name, pair.value, expected, at: pair.value.isEmpty ? pair.nameSpan : pair.valueSpan)]
  }

  static func clash(_ name: String, _ others: Set<String>) -> String? {
    ["for": "of", "of": "for"][name].flatMap { others.contains($0) ? $0 : nil }
  }

  static func unknownKey(_ name: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "unknown-key", "alerts have no key `\(name)`", at: span,
      help: Suggestion.nearest(to: name, in: RuleKey.names)
        ?? "the keys are \(RuleKey.names.joined(separator: ", ")); an empty comment line ends the header")
  }

  static func wrongValue(_ name: String, _ value: String, _ expected: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic("bad-value", "`\(name)` expects \(expected); found `\(VisibleText.string(value))`", at: span)
  }

  /// What is wrong with the name of a rule.
  package static func nameProblem(_ name: String, at span: SourceSpan?) -> Diagnostic? {
    if !name.isEmpty, name.utf8.count <= 200, name.allSatisfy({ $0.isLetter || $0.isNumber || "-_.".contains($0) }) { return nil }
    return Diagnostic(
      "bad-name", name.isEmpty ? "`alert` needs a name" : "`\(VisibleText.string(name))` is not a name for an alert", at: span,
      help: "use letters, digits, `-`, `_` and `.`, such as feed-late")
  }

  private struct Line {
    let text: Substring
    /// The bytes before it.
    let offset: Int
  }

  private static func lines(of text: String) -> [Line] {
    var result: [Line] = []
    var offset = 0
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let bare = line.last == "\r" ? line.dropLast() : line
      result.append(Line(text: bare, offset: offset))
      offset += line.utf8.count + 1
    }
    return result
  }

  /// The index of the line with `alert:`, if only comments and empty lines come before it.
  private static func headerStart(_ lines: [Line]) -> Int? {
    for (index, line) in lines.enumerated() {
      if line.text.trimmed.isEmpty { continue }
      guard let body = comment(line.text) else { return nil }
      if body.text.trimmed.lowercased().hasPrefix("alert:") { return index }
    }
    return nil
  }

  /// What follows `//` on a line, and the bytes before it.
  private static func comment(_ line: Substring) -> (text: Substring, offset: Int)? {
    let start = line.firstIndex { !$0.isWhitespace } ?? line.endIndex
    guard line[start...].hasPrefix("//") else { return nil }
    let body = line[start...].dropFirst(2)
    return (body, line.utf8.distance(from: line.startIndex, to: body.startIndex))
  }

  /// The keys and values of a line. A line that begins with no key is one piece with a wrong key.
  private static func pairs(in line: Substring, at offset: Int) -> [Pair] {
    func span(_ part: Substring) -> SourceSpan {
      let lower = offset + line.utf8.distance(from: line.startIndex, to: part.startIndex)
      return SourceSpan(lower, lower + part.utf8.count)
    }
    var result: [Pair] = []
    var rest = line.drop { $0.isWhitespace }
    while !rest.isEmpty {
      let word = rest.prefix { $0 != ":" && !$0.isWhitespace }
      let after = rest[word.endIndex...]
      guard !word.isEmpty, after.first == ":" else {
        let all = trimmedEnd(rest)
        result.append(Pair(name: String(word.isEmpty ? all : word), nameSpan: span(word.isEmpty ? all : word), value: "", valueSpan: span(all)))
        return result
      }
      let value = after.dropFirst().drop { $0.isWhitespace }
      let isText = RuleKey.named(word)?.isText ?? false
      let cut = isText ? value.endIndex : nextKey(in: value)
      let written = trimmedEnd(value[..<cut])
      result.append(Pair(name: String(word), nameSpan: span(word), value: String(written), valueSpan: span(written)))
      rest = value[cut...].drop { $0.isWhitespace }
    }
    return result
  }

  private static func trimmedEnd(_ text: Substring) -> Substring {
    var text = text
    while text.last?.isWhitespace == true { text = text.dropLast() }
    return text
  }

  /// Where the next `key:` begins: after two spaces or a tab, or after one space if it is a key that exists.
  private static func nextKey(in text: Substring) -> Substring.Index {
    var index = text.startIndex
    while let gap = text[index...].firstIndex(where: { $0.isWhitespace }) {
      let next = text[gap...].firstIndex { !$0.isWhitespace } ?? text.endIndex
      let word = text[next...].prefix { $0 != ":" && !$0.isWhitespace }
      let hasColon = text[word.endIndex...].first == ":"
      let isWide = text[gap..<next].count > 1 || text[gap] == "\t"
      if hasColon, !word.isEmpty, isWide || RuleKey.named(word) != nil { return gap }
      if next == text.endIndex { break }
      index = word.endIndex == text.endIndex ? text.endIndex : word.endIndex
      if index <= gap { break }
    }
    return text.endIndex
  }
}
