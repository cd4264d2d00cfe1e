import PlumbEngine

extension ResultFormat {
  package static let markdown = ResultFormat("markdown", "a table for Markdown pages", endings: ["md", "markdown"]) {
    MarkdownWriter(to: $0, options: $1)
  }
}

/// A table in GitHub's Markdown; text that Markdown would read as markup is escaped, line feeds are `<br>`.
final class MarkdownWriter: ResultWriter {
  private let sink: ByteSink
  private let options: FormatOptions
  private var isFirst = true

  init(to sink: ByteSink, options: FormatOptions) {
    self.sink = sink
    self.options = options
  }

  func write(_ answer: Answer) throws -> WriteSummary {
    if !isFirst { sink.buffer.append(.newline) }
    isFirst = false
    guard !answer.schema.isEmpty else { return answer.summary(written: answer.rowCount) }
    if answer.isOneOfSeveral, let name = answer.name {
      sink.buffer.append("**" as StaticString)
      name.withUTF8Bytes { appendEscaped($0) }
      sink.buffer.append("**\n\n" as StaticString)
    }
    for column in answer.schema {
      sink.buffer.append("| " as StaticString)
      column.name.withUTF8Bytes { appendEscaped($0) }
      sink.buffer.append(.space)
    }
    sink.buffer.append("|\n" as StaticString)
    for column in answer.schema {
      sink.buffer.append(column.type.isRightAligned ? "|---:" as StaticString : "|---")
    }
    sink.buffer.append("|\n" as StaticString)

    var scratch = ByteBuffer(capacity: 256)
    let written = try answer.forEachRow(limit: options.rowLimit) { columns, row in
      for column in columns {
        sink.buffer.append("| " as StaticString)
        scratch.removeAll()
        column.printShortText(at: row, to: &scratch)
        scratch.withBytes { appendEscaped($0) }
        sink.buffer.append(.space)
      }
      sink.buffer.append("|\n" as StaticString)
      try sink.drain()
    }
    return answer.summary(written: written)
  }

  func finish() throws { try sink.flush() }

  private func appendEscaped(_ text: Bytes) {
    var from = 0
    for i in 0..<text.count {
      switch text[i] {
      case .backslash, .backtick, .asterisk, .bar, .lessThan, .ampersand:
        sink.buffer.append(text.part(from: from, to: i))
        sink.buffer.append(.backslash)
        from = i
      case .newline:
        sink.buffer.append(text.part(from: from, to: i))
        sink.buffer.append("<br>" as StaticString)
        from = i &+ 1
      case .carriageReturn:
        sink.buffer.append(text.part(from: from, to: i))
        from = i &+ 1
      default: continue
      }
    }
    sink.buffer.append(text.part(from: from))
  }
}
