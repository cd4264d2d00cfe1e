import PlumbEngine

/// Comma-separated values with a header, as RFC 4180 has them but with bare line feeds.
///
/// - Nulls and empty strings are empty. Where a line would be empty, it is `""`, so that no reader skips it.
/// - Several answers stand one after the other with an empty line between.
final class CSVWriter: ResultWriter {
  private let sink: ByteSink
  private let options: FormatOptions
  private var isFirst = true

  init(to sink: ByteSink, options: FormatOptions) {
    self.sink = sink
    self.options = options
  }

  func write(_ answer: Answer) throws -> WriteSummary {
    if !isFirst { sink.buffer.append(0x0A) }
    isFirst = false
    for (i, column) in answer.schema.enumerated() {
      if i > 0 { sink.buffer.append(0x2C) }
      column.name.withUTF8Bytes { appendQuoted($0) }
    }
    if !answer.schema.isEmpty { sink.buffer.append(0x0A) }

    let isLone = answer.schema.count == 1
    var scratch = ByteBuffer(capacity: 256)
    let written = try answer.forEachRow(limit: options.rowLimit) { columns, row in
      for (i, column) in columns.enumerated() {
        if i > 0 { sink.buffer.append(0x2C) }
        let start = sink.buffer.count
        switch column.type {
        case .string: appendQuoted(column.cellBytes(at: row))
        case .dynamic:
          scratch.removeAll()
          column.printDynamic(at: row, isExact: options.hasExactDynamics, to: &scratch)
          scratch.withBytes { appendQuoted($0) }
        case .bool, .int, .long, .real, .decimal, .datetime, .timespan, .guid:
          column.printText(at: row, to: &sink.buffer)
        }
        if isLone && sink.buffer.count == start { sink.buffer.append("\"\"" as StaticString) }
      }
      sink.buffer.append(0x0A)
      try sink.drain()
    }
    return answer.summary(written: written)
  }

  func finish() throws { try sink.flush() }

  /// Appends a field, in quotes when it holds what would end it.
  private func appendQuoted(_ text: Bytes) {
    var needsQuotes = false
    for byte in text where byte == 0x2C || byte == 0x22 || byte == 0x0A || byte == 0x0D {
      needsQuotes = true
      break
    }
    guard needsQuotes else {
      sink.buffer.append(text)
      return
    }
    sink.buffer.append(0x22)
    var from = 0
    for i in 0..<text.count where text[i] == 0x22 {
      sink.buffer.append(text.part(from: from, to: i &+ 1))
      sink.buffer.append(0x22)
      from = i &+ 1
    }
    sink.buffer.append(text.part(from: from))
    sink.buffer.append(0x22)
  }
}

extension Vector {
  /// Prints a dynamic value as a cell: a text as it is or, when exact, in JSON's quotes.
  func printDynamic(at row: Int, isExact: Bool, to out: inout ByteBuffer) {
    if !isExact { return printText(at: row, to: &out) }
    if !isEmptyCell(at: row) { printJSON(at: row, to: &out) }
  }
}
