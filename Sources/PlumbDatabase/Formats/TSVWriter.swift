import PlumbEngine

/// Tab-separated values with a header; tab, line feed, carriage return and backslash are `\t`, `\n`, `\r`, `\\`.
final class TSVWriter: ResultWriter {
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
      if i > 0 { sink.buffer.append(0x09) }
      column.name.withUTF8Bytes { appendEscaped($0) }
    }
    if !answer.schema.isEmpty { sink.buffer.append(0x0A) }

    var scratch = ByteBuffer(capacity: 256)
    let written = try answer.forEachRow(limit: options.rowLimit) { columns, row in
      for (i, column) in columns.enumerated() {
        if i > 0 { sink.buffer.append(0x09) }
        switch column.type {
        case .string: appendEscaped(column.cellBytes(at: row))
        case .dynamic:
          scratch.removeAll()
          column.printText(at: row, to: &scratch)
          scratch.withBytes { appendEscaped($0) }
        case .bool, .int, .long, .real, .decimal, .datetime, .timespan, .guid:
          column.printText(at: row, to: &sink.buffer)
        }
      }
      sink.buffer.append(0x0A)
      try sink.drain()
    }
    return answer.summary(written: written)
  }

  func finish() throws { try sink.flush() }

  private func appendEscaped(_ text: Bytes) {
    var from = 0
    for i in 0..<text.count {
      let letter: UInt8
      switch text[i] {
      case 0x09: letter = 0x74
      case 0x0A: letter = 0x6E
      case 0x0D: letter = 0x72
      case 0x5C: letter = 0x5C
      default: continue
      }
      sink.buffer.append(text.part(from: from, to: i))
      sink.buffer.append(0x5C)
      sink.buffer.append(letter)
      from = i &+ 1
    }
    sink.buffer.append(text.part(from: from))
  }
}
