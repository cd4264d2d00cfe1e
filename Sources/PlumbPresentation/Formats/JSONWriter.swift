import PlumbEngine

extension ResultFormat {
  package static let json = ResultFormat("json", "an array of objects", endings: ["json"]) {
    JSONWriter(to: $0, options: $1)
  }

  package static let jsonl = ResultFormat("jsonl", "one JSON object per line", endings: ["jsonl", "ndjson"]) {
    JSONLinesWriter(to: $0, options: $1)
  }
}

/// An array of objects, one per line; several answers are several arrays.
///
/// Numbers, bools and null are JSON's own and dynamic values are nested. Decimals are text, so that no
/// reader rounds them; `NaN` and the infinities are text because JSON has no number for them.
final class JSONWriter: ResultWriter {
  private let sink: ByteSink
  private let options: FormatOptions

  init(to sink: ByteSink, options: FormatOptions) {
    self.sink = sink
    self.options = options
  }

  func write(_ answer: Answer) throws -> WriteSummary {
    let keys = JSONKeys(answer.schema)
    sink.buffer.append(.openBracket)
    var isFirst = true
    let written = try answer.forEachRow(limit: options.rowLimit) { columns, row in
      sink.buffer.append(isFirst ? "\n" as StaticString : ",\n")
      isFirst = false
      keys.printObject(columns, row, to: &sink.buffer)
      try sink.drain()
    }
    sink.buffer.append(isFirst ? "]\n" as StaticString : "\n]\n")
    return answer.summary(written: written)
  }

  func finish() throws { try sink.flush() }
}

/// One JSON object per line; the rows of several answers follow one another.
final class JSONLinesWriter: ResultWriter {
  private let sink: ByteSink
  private let options: FormatOptions

  init(to sink: ByteSink, options: FormatOptions) {
    self.sink = sink
    self.options = options
  }

  func write(_ answer: Answer) throws -> WriteSummary {
    let keys = JSONKeys(answer.schema)
    let written = try answer.forEachRow(limit: options.rowLimit) { columns, row in
      keys.printObject(columns, row, to: &sink.buffer)
      sink.buffer.append(.newline)
      try sink.drain()
    }
    return answer.summary(written: written)
  }

  func finish() throws { try sink.flush() }
}

/// The names of columns as JSON keys, built once for all rows.
private struct JSONKeys {
  /// `"name":`, preceded by a comma after the first.
  private let keys: [[UInt8]]

  init(_ schema: Schema) {
    keys = schema.enumerated().map { i, column in
      var out = ByteBuffer()
      if i > 0 { out.append(.comma) }
      column.name.withUTF8Bytes { JSONText.printString($0, to: &out) }
      out.append(.colon)
      return out.bytes
    }
  }

  func printObject(_ columns: [Vector], _ row: Int, to out: inout ByteBuffer) {
    out.append(.openBrace)
    for (key, column) in zip(keys, columns) {
      out.append(key)
      column.printJSON(at: row, to: &out)
    }
    out.append(.closeBrace)
  }
}
