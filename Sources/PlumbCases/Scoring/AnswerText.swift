import PlumbDiagnostics
import PlumbEngine

extension CaseAnswer {
  /// How an answer is written.
  package static let usage = "pipeline=NAME cause=WORD since=TIME blast=NAME,NAME,..."

  /// Parses what follows `.answer`, such as `pipeline=a cause=schema-drift since=14:05 blast=(lineage downstream of a)`.
  ///
  /// - Parameters:
  ///   - pipelines: all names, for suggestions.
  ///   - clock: the world's, in ticks; `since=14:05` is of its day, and `since=ago(3h)` counts from it.
  ///   - rows: returns the pipelines that a query in parentheses names.
  /// - Throws: a diagnostic that says what is wrong.
  package init(_ text: String, pipelines: [String], clock: Int64, rows: (String) throws -> [String]) throws {
    for (key, value) in try CaseAnswer.parts(of: text) {
      switch key {
      case "pipeline", "pipelines":
        self.pipelines = value.split(separator: ",").map(String.init)
        for name in self.pipelines where !pipelines.contains(name) {
          throw Diagnostic("unknown-pipeline", "no pipeline is called `\(name)`", help: Suggestion.nearest(to: name, in: pipelines))
        }
      case "cause", "causes":
        causes = try value.split(separator: ",").map { word in
          guard let cause = CaseCause.named(String(word)) else {
            throw Diagnostic(
              "unknown-cause", "`\(word)` is not a cause",
              help: Suggestion.nearest(to: String(word), in: CaseCause.all) ?? "the causes are \(CaseCause.all.joined(separator: ", "))")
          }
          return cause
        }
      case "since": since = try CaseAnswer.moment(value, clock)
      case "blast":
        if value.hasPrefix("("), value.hasSuffix(")") {
          blast = try rows(String(value.dropFirst().dropLast()))
        } else {
          blast = value == "none" ? [] : value.split(separator: ",").map(String.init)
        }
        for name in blast ?? [] where !pipelines.contains(name) {
          throw Diagnostic(
            "unknown-pipeline", "no pipeline is called `\(name)`",
            help: Suggestion.nearest(to: name, in: pipelines) ?? "`blast` lists the affected pipelines, or is a query in parentheses that does")
        }
      default:
        throw Diagnostic("usage", "`\(key)` is not a part of an answer", help: "write `.answer \(CaseAnswer.usage)`")
      }
    }
    guard !self.pipelines.isEmpty, !causes.isEmpty else {
      throw Diagnostic("usage", "an answer names at least the pipeline and the cause", help: "write `.answer \(CaseAnswer.usage)`")
    }
  }

  /// The parts `key=value`; a value in parentheses may have spaces.
  private static func parts(of text: String) throws -> [(key: String, value: String)] {
    var parts: [(String, String)] = []
    var rest = text[...]
    while true {
      rest = rest.drop { $0.isWhitespace }
      if rest.isEmpty { return parts }
      guard let equals = rest.firstIndex(of: "="), !rest[..<equals].contains(where: \.isWhitespace) else {
        throw Diagnostic("usage", "expected parts such as `cause=schema-drift`, not `\(rest.prefix(40))`", help: "write `.answer \(usage)`")
      }
      let key = rest[..<equals].lowercased()
      rest = rest[rest.index(after: equals)...]
      var depth = 0
      var end = rest.startIndex
      while end < rest.endIndex, depth > 0 || !rest[end].isWhitespace {
        if rest[end] == "(" { depth += 1 }
        if rest[end] == ")" { depth -= 1 }
        end = rest.index(after: end)
      }
      let value = rest[..<end]
      guard depth == 0 else { throw Diagnostic("usage", "a parenthesis of `\(key)` is not closed") }
      // A date and a time have a space between them.
      var whole = String(value)
      rest = rest[end...]
      let next = rest.drop { $0.isWhitespace }.prefix { !$0.isWhitespace }
      if key == "since", !next.isEmpty, !next.contains("="), next.contains(":") {
        whole += " \(next)"
        rest = rest.drop { $0.isWhitespace }.dropFirst(next.count)
      }
      parts.append((key, whole))
    }
  }

  private static func moment(_ text: String, _ clock: Int64) throws -> Int64 {
    let day: Int64 = 864_000_000_000
    if let ticks = DateTime.parse(text), text.contains("-") { return ticks }
    if text.hasPrefix("ago("), text.hasSuffix(")"), let span = TimeSpan.parse(String(text.dropFirst(4).dropLast())) { return clock - span }
    let fields = text.split(separator: ":").compactMap { Int64($0) }
    if (2...3).contains(fields.count), text.split(separator: ":").count == fields.count, fields[0] < 24, fields[1] < 60, fields[0] >= 0, fields[1] >= 0 {
      let time = ((fields[0] * 60 + fields[1]) * 60 + (fields.count == 3 ? fields[2] : 0)) * 10_000_000
      let today = clock / day * day + time
      return today > clock ? today - day : today
    }
    throw Diagnostic("usage", "`since` must be a time such as 2026-03-12T14:05, 14:05 or ago(3h), not `\(text)`")
  }

  /// The answer as it is stored, without queries.
  package var stored: String {
    var text = "pipeline=\(pipelines.joined(separator: ",")) cause=\(causes.joined(separator: ","))"
    if let since { text += " since=\(DateTime.text(since))" }
    if let blast { text += " blast=\(blast.isEmpty ? "none" : blast.joined(separator: ","))" }
    return text
  }

  /// Reads what `stored` wrote.
  package init(stored text: String) {
    self.init()
    for part in text.split(separator: " ") {
      let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
      guard pair.count == 2 else { continue }
      switch pair[0] {
      case "pipeline": pipelines = pair[1].split(separator: ",").map(String.init)
      case "cause": causes = pair[1].split(separator: ",").map(String.init)
      case "since": since = DateTime.parse(pair[1])
      case "blast": blast = pair[1] == "none" ? [] : pair[1].split(separator: ",").map(String.init)
      default: break
      }
    }
  }
}
