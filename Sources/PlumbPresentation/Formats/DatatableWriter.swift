import PlumbEngine
import PlumbSyntax

extension ResultFormat {
  package static let datatable = ResultFormat("datatable", "a KQL literal with the same rows", endings: ["kql"]) {
    DatatableWriter(to: $0, options: $1)
  }
}

/// The answer as a `datatable` literal of KQL with the same rows.
///
/// Several answers are several statements separated by `;`.
final class DatatableWriter: ResultWriter {
  private let sink: ByteSink
  private let options: FormatOptions
  private var isFirst = true

  init(to sink: ByteSink, options: FormatOptions) {
    self.sink = sink
    self.options = options
  }

  func write(_ answer: Answer) throws -> WriteSummary {
    if !isFirst { sink.buffer.append(";\n" as StaticString) }
    isFirst = false
    let columns = answer.schema.map { "\(KQLName.inSchema($0.name)): \($0.type.name)" }
    sink.buffer.append("datatable(\(columns.joined(separator: ", ")))[")
    let written = try answer.forEachRow(limit: options.rowLimit) { columns, row in
      sink.buffer.append("\n  " as StaticString)
      for (i, column) in columns.enumerated() {
        if i > 0 { sink.buffer.append(.space) }
        column.printLiteral(at: row, to: &sink.buffer)
        sink.buffer.append(.comma)
      }
      try sink.drain()
    }
    sink.buffer.append(written > 0 ? "\n]\n" as StaticString : "]\n")
    return answer.summary(written: written)
  }

  func finish() throws { try sink.flush() }
}
