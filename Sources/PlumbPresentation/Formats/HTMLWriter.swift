import PlumbEngine

extension ResultFormat {
  package static let html = ResultFormat("html", "a table for web pages") {
    HTMLWriter(to: $0, options: $1)
  }
}

/// A `<table>` for a web page, every text escaped.
final class HTMLWriter: ResultWriter {
  private let sink: ByteSink
  private let options: FormatOptions

  init(to sink: ByteSink, options: FormatOptions) {
    self.sink = sink
    self.options = options
  }

  func write(_ answer: Answer) throws -> WriteSummary {
    sink.buffer.append("<table>\n<thead>\n<tr>" as StaticString)
    for column in answer.schema {
      sink.buffer.append("<th>" as StaticString)
      column.name.withUTF8Bytes { appendEscaped($0) }
      sink.buffer.append("</th>" as StaticString)
    }
    sink.buffer.append("</tr>\n</thead>\n<tbody>\n" as StaticString)
    var scratch = ByteBuffer(capacity: 256)
    let written = try answer.forEachRow(limit: options.rowLimit) { columns, row in
      sink.buffer.append("<tr>" as StaticString)
      for column in columns {
        sink.buffer.append(
          column.type.isRightAligned ? "<td style=\"text-align: right\">" as StaticString : "<td>")
        scratch.removeAll()
        column.printText(at: row, to: &scratch)
        scratch.withBytes { appendEscaped($0) }
        sink.buffer.append("</td>" as StaticString)
      }
      sink.buffer.append("</tr>\n" as StaticString)
      try sink.drain()
    }
    sink.buffer.append("</tbody>\n</table>\n" as StaticString)
    return answer.summary(written: written)
  }

  func finish() throws { try sink.flush() }

  private func appendEscaped(_ text: Bytes) {
    var from = 0
    for i in 0..<text.count {
      let entity: StaticString
      switch text[i] {
      case .ampersand: entity = "&amp;"
      case .lessThan: entity = "&lt;"
      case .greaterThan: entity = "&gt;"
      case .quote: entity = "&quot;"
      case .apostrophe: entity = "&#39;"
      // Not a character of HTML.
      case 0x00...0x08, 0x0B, 0x0C, 0x0E...0x1F, 0x7F: entity = "\u{FFFD}"
      default: continue
      }
      sink.buffer.append(text.part(from: from, to: i))
      sink.buffer.append(entity)
      from = i &+ 1
    }
    sink.buffer.append(text.part(from: from))
  }
}

extension ScalarType {
  /// Whether cells are right-aligned, as numbers and durations are.
  var isRightAligned: Bool { isNumeric || self == .timespan }
}
