import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// A form in which Plumb writes results. To add one, write its `ResultWriter` with its declaration in the same file, and add it
/// to the list `general`.
package struct ResultFormat: Sendable {
  package let name: String
  /// One line for help.
  package let summary: String
  /// Whether it is for people rather than programs.
  package let isForPeople: Bool
  /// Whether the output is binary, so that it is only written to a file or pipe.
  package let isBinary: Bool
  /// File name extensions that select it, in lower case.
  package let endings: [String]
  private let makeWriter: @Sendable (ByteSink, FormatOptions) -> any ResultWriter

  package init(
    _ name: String, _ summary: String, isForPeople: Bool = false, isBinary: Bool = false, endings: [String] = [],
    writer: @escaping @Sendable (ByteSink, FormatOptions) -> any ResultWriter
  ) {
    self.name = name
    self.summary = summary
    self.isForPeople = isForPeople
    self.isBinary = isBinary
    self.endings = endings
    makeWriter = writer
  }

  /// The formats that can represent any rows.
  package static let general: [ResultFormat] = [
    .table, .box, .markdown, .csv, .tsv, .json, .jsonl, .parquet, .xlsx, .html, .page, .svg, .line, .raw, .datatable, .kusto,
  ]

  /// A writer for any number of answers, in sequence.
  package func writer(to sink: ByteSink, options: FormatOptions = FormatOptions()) -> any ResultWriter {
    makeWriter(sink, options)
  }
}

extension ResultFormat: Hashable {
  package static func == (one: ResultFormat, other: ResultFormat) -> Bool { one.name == other.name }

  package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// A cell of a result by its row and column, from 0.
package struct CellPlace: Hashable, Sendable {
  package var row: Int
  package var column: Int

  package init(row: Int, column: Int) {
    self.row = row
    self.column = column
  }
}

/// What a writer may know about its reader.
package struct FormatOptions: Sendable {
  /// The width of the terminal in columns; nil if lines may have any length.
  package var width: Int?
  /// The number of rows to write of each answer; nil for all.
  package var rowLimit: Int?
  /// Threads that may work on a form that is costly to make.
  package var threads = 1
  /// Whether CSV distinguishes dynamic values that look alike, such as the text `12` and the number.
  package var hasExactDynamics = false
  /// The colours; nil for text without ANSI codes.
  package var palette: Palette?
  /// The maximum number of lines of a chart; nil if it may choose.
  package var height: Int?
  /// Whether to use only ASCII for frames and symbols.
  package var isASCII: Bool
  /// Cells that a table highlights, such as those that have changed.
  package var marks: Set<CellPlace> = []
  /// Columns that a table shows first where not all of them fit, such as those that the query names.
  package var firstColumns: [String] = []
  /// What a table and lines show for null; empty as for an empty text.
  package var nullText = ""
  /// Whether a table shows the type of each column below its name.
  package var showsTypes = false
  /// Whether a table separates thousands in whole numbers.
  package var groupsThousands = false
  /// Whether a table that is too long shows the last rows as well as the first.
  package var showsTail = false

  package init(
    width: Int? = nil, rowLimit: Int? = nil, palette: Palette? = nil, height: Int? = nil, isASCII: Bool = false
  ) {
    self.width = width
    self.rowLimit = rowLimit
    self.palette = palette
    self.height = height
    self.isASCII = isASCII
  }
}

/// Writes answers in one format.
package protocol ResultWriter: AnyObject {
  /// - Throws: what the sink throws.
  func write(_ answer: Answer) throws -> WriteSummary
  /// Ends the output and flushes the sink; called once, after the last answer.
  func finish() throws
}

/// How much of an answer was written, and what was left out.
package struct WriteSummary: Hashable, Sendable {
  package var rows = 0
  package var rowsWritten = 0
  /// The number of cells cut to fit the terminal, including column names.
  package var shortenedCells = 0
  /// Columns that did not fit.
  package var hiddenColumns: [String] = []
  /// What the reader may want to know of the form, a sentence each.
  package var notes: [String] = []
  /// Remarks of the answer that the form shows itself, so that they need no line below it.
  package var shownRemarks: Set<String> = []

  package init() {}

  /// Whether the reader saw all of it.
  package var isWhole: Bool { rows == rowsWritten && shortenedCells == 0 && hiddenColumns.isEmpty }

  /// One line for people, such as `12 rows, 3 cells shortened; --format line shows all`.
  ///
  /// - Parameters:
  ///   - option: how the reader requests another format.
  ///   - time: how long it took, if that should be shown.
  package func sentence(option: String = "--format", time: String? = nil) -> String {
    let whole = counted(rows, "row")
    var parts = [rowsWritten < rows ? "\(NumberText.grouped(rowsWritten)) of \(whole)" : whole]
    if let time { parts[0] += " in \(time)" }
    if shortenedCells > 0 { parts.append("\(counted(shortenedCells, "cell")) shortened") }
    if !hiddenColumns.isEmpty {
      let names = hiddenColumns.prefix(6).map { KQLName.printable($0) }.joined(separator: ", ")
      let more = hiddenColumns.count > 6 ? ", …" : ""
      parts.append("\(counted(hiddenColumns.count, "column")) not shown (\(names)\(more))")
    }
    let line = parts.joined(separator: ", ")
    return shortenedCells > 0 || !hiddenColumns.isEmpty ? line + "; \(option) line shows all" : line
  }
}

extension Answer {
  /// Calls `body` for each row, at most `limit` of them, with its columns.
  ///
  /// - Returns: the number of calls.
  @discardableResult
  package func forEachRow(
    limit: Int?, _ body: (_ columns: [Vector], _ row: Int) throws -> Void
  ) rethrows -> Int {
    var left = limit ?? Int.max
    var done = 0
    for chunk in chunks {
      if left <= 0 { break }
      let columns = chunk.vectors()
      let count = min(chunk.count, left)
      for row in 0..<max(0, count) { try body(columns, row) }
      left -= count
      done += count
    }
    return done
  }

  /// Calls `body` for the first rows and the last ones, half of `limit` of each, and `between` once between them; for all
  /// rows if there are not more.
  ///
  /// - Returns: the number of calls of `body`.
  package func forEachOuterRow(
    limit: Int, between: () -> Void, _ body: (_ columns: [Vector], _ row: Int) throws -> Void
  ) rethrows -> Int {
    guard limit > 1, rowCount > limit else { return try forEachRow(limit: limit, body) }
    let (head, tail) = (limit - limit / 2, limit / 2)
    var place = 0
    var isBetween = false
    for chunk in chunks {
      let lower = place
      place += chunk.count
      let first = 0..<max(0, min(chunk.count, head - lower))
      let last = max(0, min(chunk.count, rowCount - tail - lower))..<chunk.count
      if first.isEmpty, last.isEmpty { continue }
      let columns = chunk.vectors()
      for row in first { try body(columns, row) }
      for row in last {
        if !isBetween { between() }
        isBetween = true
        try body(columns, row)
      }
    }
    return head + tail
  }

  /// A summary for a writer that shortens nothing.
  package func summary(written: Int) -> WriteSummary {
    var summary = WriteSummary()
    summary.rows = rowCount
    summary.rowsWritten = written
    return summary
  }
}
