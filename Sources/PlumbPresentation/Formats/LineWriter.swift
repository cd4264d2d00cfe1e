import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension ResultFormat {
  package static let line = ResultFormat("line", "one `name: value` per line, nothing shortened", isForPeople: true) {
    LineWriter(to: $0, options: $1)
  }
}

/// One `name: value` per line and an empty line between rows; nothing is shortened.
///
/// Names are aligned at their colons; the lines of a multi-line value are aligned.
final class LineWriter: ResultWriter {
  private let sink: ByteSink
  private let options: FormatOptions
  private var isFirst = true

  init(to sink: ByteSink, options: FormatOptions) {
    self.sink = sink
    self.options = options
  }

  func write(_ answer: Answer) throws -> WriteSummary {
    let names = answer.schema.map { KQLName.printable($0.name) }
    let widths = names.map { DisplayWidth.columns(of: $0) }
    let width = widths.max() ?? 0
    let indent = String(repeating: " ", count: width + 2)
    let labels = zip(names, widths).map { String(repeating: " ", count: width - $1) + $0 + ":" }
    var scratch = ByteBuffer(capacity: 256)
    let written = try answer.forEachRow(limit: options.rowLimit) { columns, row in
      if !isFirst { sink.buffer.append(.newline) }
      isFirst = false
      for (label, column) in zip(labels, columns) {
        sink.buffer.append(label)
        scratch.removeAll()
        print(column, at: row, to: &scratch)
        if !scratch.isEmpty {
          sink.buffer.append(.space)
          append(scratch, indent: indent)
        }
        sink.buffer.append(.newline)
      }
      try sink.drain()
    }
    return answer.summary(written: written)
  }

  func finish() throws { try sink.flush() }

  /// Moments and timespans have no zeros at their ends where a person reads them.
  private func print(_ column: Vector, at row: Int, to out: inout ByteBuffer) {
    guard options.width != nil, column.type == .datetime || column.type == .timespan else { return column.printText(at: row, to: &out) }
    column.printShortText(at: row, to: &out)
    // A timespan has seven digits of a second, or none.
    guard column.type == .timespan, out.count > 8, out.withBytes({ $0[$0.count - 8] == .fullStop }) else { return }
    while out.withBytes({ $0.last == .digitZero }) { out.truncate(to: out.count - 1) }
  }

  private func append(_ text: ByteBuffer, indent: String) {
    var isFirstLine = true
    for line in text.bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      if !isFirstLine {
        sink.buffer.append(.newline)
        sink.buffer.append(indent)
      }
      isFirstLine = false
      let start = sink.buffer.count
      sink.buffer.append(Array(line))
      _ = VisibleText.clean(&sink.buffer, from: start)
    }
  }
}
