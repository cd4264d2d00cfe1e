import PlumbEngine

extension ResultFormat {
  package static let raw = ResultFormat("raw", "only the values, without header or quotes") {
    RawWriter(to: $0, options: $1)
  }
}

/// Only values: no header, no quotes, a tab between cells and a line feed after each row.
final class RawWriter: ResultWriter {
  private let sink: ByteSink
  private let options: FormatOptions

  init(to sink: ByteSink, options: FormatOptions) {
    self.sink = sink
    self.options = options
  }

  func write(_ answer: Answer) throws -> WriteSummary {
    let written = try answer.forEachRow(limit: options.rowLimit) { columns, row in
      for (i, column) in columns.enumerated() {
        if i > 0 { sink.buffer.append(.tab) }
        column.printText(at: row, to: &sink.buffer)
      }
      sink.buffer.append(.newline)
      try sink.drain()
    }
    return answer.summary(written: written)
  }

  func finish() throws { try sink.flush() }
}
