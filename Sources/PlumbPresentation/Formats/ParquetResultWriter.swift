import PlumbDiagnostics
import PlumbEngine
import PlumbParquet

extension ResultFormat {
  package static let parquet = ResultFormat(
    "parquet", "one table as a Parquet file, for data tools", isBinary: true, endings: ["parquet", "parq"]
  ) { ParquetResultWriter(to: $0, options: $1) }
}

/// The rows of one answer as a Parquet file.
final class ParquetResultWriter: ResultWriter {
  private let sink: ByteSink
  private let options: FormatOptions
  private var hasWritten = false

  init(to sink: ByteSink, options: FormatOptions) {
    self.sink = sink
    self.options = options
  }

  /// - Throws: `several-answers` for a second one.
  func write(_ answer: Answer) throws -> WriteSummary {
    guard !hasWritten else {
      throw Diagnostic(
        "several-answers", "a Parquet file holds one table, and there are several answers",
        help: "write each to a file of its own, or make them one with `union`")
    }
    hasWritten = true
    var left = options.rowLimit ?? answer.rowCount
    var rows: [WrittenRows] = []
    for chunk in answer.chunks where chunk.count > 0 && left > 0 {
      let count = min(chunk.count, left)
      left -= count
      rows.append(WrittenRows(count: count) { chunk.column($0).slice(0, count) })
    }
    let context = ExecutionContext(now: 0, threads: options.threads, memoryLimit: .max)
    let writer = ParquetWriter(answer.schema, rows, context: context) { [sink] bytes in
      bytes.withBytes { sink.buffer.append($0) }
      try sink.drain()
    }
    let notes = try writer.write()
    var summary = answer.summary(written: rows.reduce(0) { $0 + $1.count })
    summary.notes = notes
    return summary
  }

  func finish() throws { try sink.flush() }
}
