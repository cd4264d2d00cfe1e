import PlumbEngine

extension ResultFormat {
  package static let csv = ResultFormat("csv", "comma-separated values with a header (RFC 4180)", endings: ["csv"]) {
    DelimitedWriter(to: $0, .csv, options: $1)
  }

  package static let tsv = ResultFormat(
    "tsv", "tab-separated values with a header; tabs and line feeds as \\t and \\n", endings: ["tsv", "tab"]
  ) {
    DelimitedWriter(to: $0, .tsv, options: $1)
  }
}

/// Rows as fields between separators, with a header; several answers follow one another with an empty line between.
final class DelimitedWriter: ResultWriter {
  enum Dialect {
    /// As in RFC 4180, but with bare line feeds. Nulls and empty strings are empty; a line that would be empty
    /// is `""`, so that no reader skips it.
    case csv
    /// Tab, line feed, carriage return and backslash in a field are `\t`, `\n`, `\r`, `\\`.
    case tsv
  }

  private let sink: ByteSink
  private let options: FormatOptions
  private let dialect: Dialect
  private let separator: UInt8
  private var isFirst = true

  init(to sink: ByteSink, _ dialect: Dialect, options: FormatOptions) {
    self.sink = sink
    self.options = options
    self.dialect = dialect
    separator = dialect == .csv ? 0x2C : 0x09
  }

  func write(_ answer: Answer) throws -> WriteSummary {
    if !isFirst { sink.buffer.append(.newline) }
    isFirst = false
    for (i, column) in answer.schema.enumerated() {
      if i > 0 { sink.buffer.append(separator) }
      column.name.withUTF8Bytes { append($0) }
    }
    if !answer.schema.isEmpty { sink.buffer.append(.newline) }

    let quotesEmptyLines = dialect == .csv && answer.schema.count == 1
    var scratch = ByteBuffer(capacity: 256)
    let written = try answer.forEachRow(limit: options.rowLimit) { columns, row in
      for (i, column) in columns.enumerated() {
        if i > 0 { sink.buffer.append(separator) }
        let start = sink.buffer.count
        switch column.type {
        case .string: append(column.cellBytes(at: row))
        case .dynamic:
          scratch.removeAll()
          column.printDynamic(at: row, isExact: options.hasExactDynamics, to: &scratch)
          scratch.withBytes { append($0) }
        case .bool, .int, .long, .real, .decimal, .datetime, .timespan, .guid:
          column.printText(at: row, to: &sink.buffer)
        }
        if quotesEmptyLines && sink.buffer.count == start { sink.buffer.append("\"\"" as StaticString) }
      }
      sink.buffer.append(.newline)
      try sink.drain()
    }
    return answer.summary(written: written)
  }

  func finish() throws { try sink.flush() }

  /// Appends a field so that its contents do not end it.
  private func append(_ text: Bytes) {
    switch dialect {
    case .csv: appendQuoted(text)
    case .tsv: appendEscaped(text)
    }
  }

  private func appendQuoted(_ text: Bytes) {
    var needsQuotes = false
    for byte in text where byte == .comma || byte == .quote || byte == .newline || byte == .carriageReturn {
      needsQuotes = true
      break
    }
    guard needsQuotes else {
      sink.buffer.append(text)
      return
    }
    sink.buffer.append(.quote)
    var from = 0
    for i in 0..<text.count where text[i] == .quote {
      sink.buffer.append(text.part(from: from, to: i &+ 1))
      sink.buffer.append(.quote)
      from = i &+ 1
    }
    sink.buffer.append(text.part(from: from))
    sink.buffer.append(.quote)
  }

  private func appendEscaped(_ text: Bytes) {
    var from = 0
    for i in 0..<text.count {
      let letter: UInt8
      switch text[i] {
      case .tab: letter = 0x74
      case .newline: letter = 0x6E
      case .carriageReturn: letter = 0x72
      case .backslash: letter = 0x5C
      default: continue
      }
      sink.buffer.append(text.part(from: from, to: i))
      sink.buffer.append(.backslash)
      sink.buffer.append(letter)
      from = i &+ 1
    }
    sink.buffer.append(text.part(from: from))
  }
}

extension Vector {
  /// Prints a dynamic value as a cell: a text as it is or, if exact, in JSON's quotes.
  fileprivate func printDynamic(at row: Int, isExact: Bool, to out: inout ByteBuffer) {
    if !isExact { return printText(at: row, to: &out) }
    if !isEmptyCell(at: row) { printJSON(at: row, to: &out) }
  }
}
