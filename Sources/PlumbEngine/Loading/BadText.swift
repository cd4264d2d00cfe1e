import PlumbDiagnostics

extension ScalarType {
  /// An example of a value, for a message about text that is not one.
  var example: String {
    switch self {
    case .bool: "a bool is `true` or `false`"
    case .int: "an int is a whole number from -2147483648 to 2147483647"
    case .long: "a long is a whole number of at most 64 bits"
    case .real: "a real is a number such as `-1.5` or `2e10`"
    case .decimal: "a decimal is a number such as `-1.5`"
    case .datetime: "a datetime looks like `2024-05-01T12:30:00Z`"
    case .timespan: "a timespan looks like `1.02:30:00` or `90m`"
    case .string: "a string is any text"
    case .guid: "a guid looks like `74be27de-1e4e-49d9-b579-fe0b331d3642`"
    case .dynamic: "a dynamic value is JSON"
    }
  }

  var withArticle: String { self == .int ? "an int" : "a \(name)" }
}

/// The diagnostics for invalid text; all name the file and the line.
package enum BadText {
  /// A larger number of columns is considered an error in the file.
  static let columnLimit = 10_000

  static func cell(_ text: Bytes, column: ColumnInfo, file: String, line: Int) -> Diagnostic {
    Diagnostic(
      "bad-value",
      "`\(file)` line \(line), column `\(column.name)`: `\(shortened(text))` is not \(column.type.withArticle)",
      help: "\(column.type.example); `--bad-rows` can skip such rows or make bad values null")
  }

  static func row(fields: Int, expected: Int, file: String, line: Int) -> Diagnostic {
    Diagnostic(
      "bad-row",
      "`\(file)` line \(line) has \(fields == 1 ? "1 field" : "\(fields) fields") where \(expected) are expected",
      help: fields < expected
        ? "`--bad-rows null` makes missing fields null, `--bad-rows skip` skips such rows"
        : "a value that contains a delimiter or a newline must be quoted; `--bad-rows skip` skips bad rows, `--delimiter` and `--quote` say how the file is written")
  }

  static func openQuote(file: String, line: Int) -> Diagnostic {
    Diagnostic(
      "open-quote", "`\(file)`: the row at line \(line) opens a quote that is never closed",
      help: "write a quote inside a quoted value twice, or use `--quote none` if quotes have no meaning in the file")
  }

  static func json(_ reason: String, file: String, line: Int, byte: Int) -> Diagnostic {
    Diagnostic("bad-json", "`\(file)` line \(line), byte \(byte): \(reason)")
  }

  /// - Throws: `too-many-columns`.
  package static func check(columns count: Int, file: String) throws {
    guard count > columnLimit else { return }
    throw Diagnostic("too-many-columns", "`\(file)` has more than \(columnLimit) columns")
  }

  static func shortened(_ text: Bytes) -> String {
    let limit = 40
    if text.count <= limit { return oneLine(String(decoding: text, as: UTF8.self)) }
    var end = limit
    while end > 0 && text[end] & 0xC0 == 0x80 { end &-= 1 }
    return oneLine(String(decoding: text.part(from: 0, to: end), as: UTF8.self)) + "…"
  }

  private static func oneLine(_ text: String) -> String {
    String(text.map { $0.isNewline || $0 == "\0" ? " " : $0 })
  }
}
