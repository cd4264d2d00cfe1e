import PlumbEngine

/// The rows of a tool's query, as many of them as a reply has room for.
struct ToolAnswer {
  private(set) var schema: Schema = []
  /// All rows of the query.
  private(set) var rowCount = 0
  /// Rows in `cells` and `lines`.
  private(set) var shownCount = 0
  var notes: [String] = []
  /// Rows as JSON arrays, and as lines of CSV.
  private var arrays = ByteBuffer()
  private var lines = ByteBuffer()
  private var isFull = false

  private let limits: AgentLimits
  private let wanted: Int

  init(_ limits: AgentLimits, wanted: Int?) {
    self.limits = limits
    self.wanted = min(wanted ?? limits.usualRows, limits.rows)
  }

  /// Whether rows are missing in the reply.
  var isTruncated: Bool { shownCount < rowCount }

  /// Begins the answer of the next query of a text, which replaces the one before it.
  mutating func begin(_ schema: Schema) {
    self.schema = schema
    (rowCount, shownCount, isFull) = (0, 0, false)
    arrays.removeAll()
    lines.removeAll()
    for (i, column) in schema.enumerated() {
      if i > 0 { lines.append(.comma) }
      append(field: column.name)
    }
    lines.append(.newline)
  }

  mutating func add(_ chunk: Chunk) {
    let first = rowCount
    rowCount += chunk.count
    guard !isFull, first < wanted else { return }
    let columns = chunk.vectors()
    for row in 0..<min(chunk.count, wanted - first) {
      let (arrayEnd, lineEnd) = (arrays.count, lines.count)
      if shownCount > 0 { arrays.append(.comma) }
      arrays.append(.openBracket)
      for (i, column) in columns.enumerated() {
        if i > 0 {
          arrays.append(.comma)
          lines.append(.comma)
        }
        var text = ByteBuffer()
        column.printShortText(at: row, to: &text)
        if text.count > limits.cellBytes {
          let short = String(text.string.prefix(limits.cellBytes / 4)) + "…"
          short.withUTF8Bytes { JSONText.printString($0, to: &arrays) }
          append(field: short)
          continue
        }
        if column.type == .string, column.isNull(at: row) { arrays.append("\"\"") } else { column.printJSON(at: row, to: &arrays) }
        append(field: text.string)
      }
      arrays.append(.closeBracket)
      lines.append(.newline)
      if lines.count > limits.bytes, shownCount > 0 {
        arrays.truncate(to: arrayEnd)
        lines.truncate(to: lineEnd)
        isFull = true
        return
      }
      shownCount += 1
    }
  }

  /// Appends a value as a field of CSV.
  private mutating func append(field text: String) {
    let isPlain = !text.utf8.contains { $0 == .comma || $0 == .quote || $0 == .newline || $0 == .carriageReturn }
    if isPlain { return lines.append(text) }
    lines.append(.quote)
    for byte in text.utf8 {
      if byte == .quote { lines.append(.quote) }
      lines.append(byte)
    }
    lines.append(.quote)
  }

  private func sentence() -> String {
    let rows = rowCount == 1 ? "1 row" : "\(rowCount) rows"
    return isTruncated
      ? "rows: \(rowCount), returned: \(shownCount), truncated: true (\(rows); summarize, filter or raise `limit` up to \(limits.rows))"
      : "rows: \(rowCount), returned: \(shownCount), truncated: false"
  }

  /// Appends the members `content` and `structuredContent` of a tool's result.
  func print(query: String, to out: inout ByteBuffer) {
    var text = sentence() + "\n"
    for note in notes { text += "note: \(note)\n" }
    if !schema.isEmpty { text += lines.string }
    out.append(#""content":[{"type":"text","text":"#)
    text.withUTF8Bytes { JSONText.printString($0, to: &out) }
    out.append(#"}],"structuredContent":{"rows":"#)
    out.append(decimal: Int64(rowCount))
    out.append(#","returned":"#)
    out.append(decimal: Int64(shownCount))
    out.append(isTruncated ? #","truncated":true,"columns":["# : #","truncated":false,"columns":["#)
    for (i, column) in schema.enumerated() {
      if i > 0 { out.append(.comma) }
      out.append(#"{"name":"#)
      column.name.withUTF8Bytes { JSONText.printString($0, to: &out) }
      out.append(#","type":"\#(column.type.name)"}"#)
    }
    out.append(#"],"data":["#)
    arrays.withBytes { out.append($0) }
    out.append(#"],"notes":["#)
    for (i, note) in notes.enumerated() {
      if i > 0 { out.append(.comma) }
      note.withUTF8Bytes { JSONText.printString($0, to: &out) }
    }
    out.append(#"],"kql":"#)
    query.withUTF8Bytes { JSONText.printString($0, to: &out) }
    out.append(.closeBrace)
  }

  /// The shape of `structuredContent` in JSON Schema.
  static let schema: Dynamic = {
    func typed(_ type: String, _ summary: String) -> Dynamic {
      .object([("type", .string(type)), ("description", .string(summary))])
    }
    return .object([
      ("type", .string("object")),
      (
        "properties",
        .object([
          ("rows", typed("integer", "The number of rows of the query.")),
          ("returned", typed("integer", "The number of rows in `data`.")),
          ("truncated", typed("boolean", "Whether `data` lacks some of the rows.")),
          ("columns", typed("array", "The columns, each with `name` and `type`.")),
          ("data", typed("array", "The rows, each as an array of values.")),
          ("notes", typed("array", "What else is worth knowing about the result.")),
          ("kql", typed("string", "The query that was run.")),
        ])
      ),
      ("required", .array(["rows", "returned", "truncated", "columns", "data"].map { .string($0) })),
    ])
  }()
}
