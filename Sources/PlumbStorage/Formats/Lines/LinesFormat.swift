import PlumbDiagnostics
import PlumbEngine

extension FileFormat {
  /// Lines of text, such as a log: a column `line`, or the named groups of a pattern.
  package static let lines = FileFormat(
    name: "lines", title: "lines of text", otherNames: ["txt"], likelyEndings: ["log", "out", "err"], canGrow: true,
    recognises: { LogFront.isLog($0) ? .text : nil },
    open: { input, options in
      guard let pattern = options.pattern else { return try DelimitedReader(input, options, shape: wholeLines(input, options)) }
      return try matchedLines(input, options, pattern)
    })

  /// One row, which is the whole text. No file is recognised as such.
  package static let raw = FileFormat(
    name: "raw", title: "a text as a whole", recognises: { _ in nil },
    // No text in UTF-8 contains the byte 0xFE.
    open: { input, options in try DelimitedReader(input, options, shape: shape(try input.front, newline: 0xFE)) })

  /// One field per row, which is the whole line.
  private static func wholeLines(_ input: FileInput, _ options: ReadOptions) throws -> DelimitedShape {
    let front = try input.front
    return shape(front, newline: front.contains(.newline) || !front.contains(.carriageReturn) ? .newline : .carriageReturn)
  }

  private static func shape(_ front: [UInt8], newline: UInt8) -> DelimitedShape {
    // No text in UTF-8 contains the byte 0xFF.
    let dialect = Dialect(delimiter: 0xFF, quote: nil, newline: newline)
    return DelimitedShape(
      dialect: dialect, hasHeader: false, columns: [DelimitedText.Column(ColumnInfo("line", .string), field: 0)], fieldCount: 1,
      skippedBytes: utf8MarkLength(front))
  }

  private static func matchedLines(_ input: FileInput, _ options: ReadOptions, _ pattern: LinePattern) throws -> DelimitedReader {
    var options = options
    (options.delimiter, options.quote, options.hasHeader, options.skippedLines) = (.comma, .quote, true, 0)
    let matcher = LineMatcher(pattern, context: options.context)
    guard matcher.matchesAny(in: try input.source.sample(at: 0, count: 1 << 20)) else {
      let line = String(decoding: try input.front.prefix { $0 != .newline }.prefix(80), as: UTF8.self)
      throw Diagnostic(
        "no-match", "no line of `\(input.name)` matches the pattern",
        help: "its first line is `\(line)`; `--pattern` takes \(LinePattern.names), or a regular expression with named groups")
    }
    return try DelimitedReader(input, options, text: ConvertedSource(input.source, matcher))
  }
}

/// Recognises logs by their first lines.
enum LogFront {
  private static let linesToInspect = 8

  /// Whether at least half of the first lines start as lines of logs do: with a time and a level, in the form of syslog, of
  /// a web server, of glog, or as `key=value` pairs.
  static func isLog(_ front: ArraySlice<UInt8>) -> Bool {
    let lines = front.prefix(1 << 14).split(separator: .newline).filter { $0.contains { !$0.isSpace } }.prefix(linesToInspect)
    guard let first = lines.first, isLogLine(first) else { return false }
    return lines.count(where: isLogLine) * 2 >= lines.count
  }

  private static func isLogLine(_ line: ArraySlice<UInt8>) -> Bool {
    if line.starts(with: [.escape, .openBracket]) { return true }
    let line = Array(line.prefix(400))
    return line.withBytes { bytes in starts.contains { $0.matches(bytes) } }
  }

  /// Times of day, and words for how serious a line is.
  private static let starts = [
    #"^\[\d{4}-\d\d-\d\d[T ]\d\d:\d\d"#,
    #"^\[(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL)\]"#,
    #"^(<\d{1,3}>)?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ "#,
    #"^<\d{1,3}>1 \d{4}-"#,
    #"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?[ \t]+(?:[^,;|\t]* )?\[?(?i:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL)\b"#,
    #"^\d\d:\d\d:\d\d(?:\.\d+)? +\S"#,
    #"^[IWEF]\d{4} \d\d:\d\d:\d\d"#,
    #"^\S+ \S+ \S+ \[\d\d?/[A-Z][a-z]{2}/\d{4}:\d\d:"#,
    #"^[A-Za-z_.]+=("[^"]*"|\S*) [A-Za-z_.]+=("[^"]*"|\S*) [A-Za-z_.]+="#,
  ].compactMap { try? LinePattern(expression: $0) }
}
