import PlumbEngine
import PlumbSyntax

/// The forms in which Plumb writes a result.
package enum ResultFormat: String, CaseIterable, Sendable {
  case auto, table, box, markdown, csv, tsv, json, jsonl, html, page, svg, line, raw, datatable, kusto, tree, dot,
    mermaid

  /// One line for help.
  package var summary: String {
    switch self {
    case .auto: "charts that `render` asks for, lineage as a tree, risks as cards, else a table; the default on a terminal"
    case .table: "aligned columns, fitted to the terminal"
    case .box: "the same in a frame"
    case .markdown: "a table for Markdown pages"
    case .csv: "comma-separated values with a header (RFC 4180)"
    case .tsv: "tab-separated values with a header; tabs and line feeds as \\t and \\n"
    case .json: "an array of objects"
    case .jsonl: "one JSON object a line"
    case .html: "a table for web pages"
    case .page: "a web page of its own with charts and tables"
    case .svg: "the chart that `render` asked for, as an SVG picture"
    case .line: "one `name: value` a line, nothing shortened"
    case .raw: "values alone, without header or quotes"
    case .datatable: "a KQL literal that gives the same rows"
    case .kusto: "a query response of Kusto (v1)"
    case .tree: "lineage as a tree"
    case .dot: "lineage as a graph for Graphviz"
    case .mermaid: "lineage as a flow chart for Markdown pages"
    }
  }

  /// Whether people rather than programs read it.
  package var isForPeople: Bool {
    switch self {
    case .auto, .table, .box, .line, .tree: true
    case .markdown, .csv, .tsv, .json, .jsonl, .html, .page, .svg, .raw, .datatable, .kusto, .dot, .mermaid: false
    }
  }

  /// The format that a file's name asks for, by its ending.
  package init?(fileName: String) {
    guard let dot = fileName.lastIndex(of: ".") else { return nil }
    switch fileName[fileName.index(after: dot)...].lowercased() {
    case "csv": self = .csv
    case "tsv", "tab": self = .tsv
    case "json": self = .json
    case "jsonl", "ndjson": self = .jsonl
    case "md", "markdown": self = .markdown
    case "html", "htm": self = .page
    case "svg": self = .svg
    case "kql": self = .datatable
    case "dot", "gv": self = .dot
    case "mmd", "mermaid": self = .mermaid
    case "txt": self = .table
    default: return nil
    }
  }

  /// A writer for any number of answers, one after the other.
  package func writer(to sink: ByteSink, options: FormatOptions = FormatOptions()) -> any ResultWriter {
    switch self {
    case .auto: AutoWriter(to: sink, options: options)
    case .table: TableWriter(to: sink, options: options, style: .plain)
    case .box: TableWriter(to: sink, options: options, style: .framed)
    case .markdown: MarkdownWriter(to: sink, options: options)
    case .csv: DelimitedWriter(to: sink, .csv, options: options)
    case .tsv: DelimitedWriter(to: sink, .tsv, options: options)
    case .json: JSONWriter(to: sink, options: options)
    case .jsonl: JSONLinesWriter(to: sink, options: options)
    case .html: HTMLWriter(to: sink, options: options)
    case .page: PageWriter(to: sink, options: options)
    case .svg: SVGWriter(to: sink, options: options)
    case .line: LineWriter(to: sink, options: options)
    case .raw: RawWriter(to: sink, options: options)
    case .datatable: DatatableWriter(to: sink, options: options)
    case .kusto: KustoWriter(to: sink, options: options)
    case .tree: TreeWriter(to: sink, options: options)
    case .dot: DotWriter(to: sink, options: options)
    case .mermaid: MermaidWriter(to: sink, options: options)
    }
  }
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

/// What a writer may know of its reader.
package struct FormatOptions: Sendable {
  /// Columns of the terminal; nil when lines may have any length.
  package var width: Int?
  /// Rows to write of each answer; nil for all.
  package var rowLimit: Int?
  /// Whether CSV keeps dynamic values apart that look alike, such as the text `12` and the number.
  package var hasExactDynamics = false
  /// Whether ANSI styles are welcome.
  package var isStyled: Bool
  /// Lines that a chart may take; nil when it may choose.
  package var height: Int?
  /// Whether frames and signs keep to ASCII.
  package var isASCII: Bool
  /// Cells that a table marks, such as those that have changed.
  package var marks: Set<CellPlace> = []

  package init(
    width: Int? = nil, rowLimit: Int? = nil, isStyled: Bool = false, height: Int? = nil, isASCII: Bool = false
  ) {
    self.width = width
    self.rowLimit = rowLimit
    self.isStyled = isStyled
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

/// What was written of an answer, and what was not.
package struct WriteSummary: Hashable, Sendable {
  package var rows = 0
  package var rowsWritten = 0
  /// Cells cut to fit the terminal, names of columns among them.
  package var shortenedCells = 0
  /// Columns that did not fit.
  package var hiddenColumns: [String] = []

  package init() {}

  /// Whether the reader saw all of it.
  package var isWhole: Bool { rows == rowsWritten && shortenedCells == 0 && hiddenColumns.isEmpty }

  /// One line for people, such as `12 rows, 3 cells shortened; --format line shows all`.
  ///
  /// - Parameters:
  ///   - option: how the reader asks for another format.
  ///   - time: how long it took, when that is to be told.
  package func sentence(option: String = "--format", time: String? = nil) -> String {
    let whole = count(rows, "row")
    var parts = [rowsWritten < rows ? "\(NumberText.grouped(rowsWritten)) of \(whole)" : whole]
    if let time { parts[0] += " in \(time)" }
    if shortenedCells > 0 { parts.append("\(count(shortenedCells, "cell")) shortened") }
    if !hiddenColumns.isEmpty {
      let names = hiddenColumns.prefix(6).map { KQLName.printable($0) }.joined(separator: ", ")
      let more = hiddenColumns.count > 6 ? ", …" : ""
      parts.append("\(count(hiddenColumns.count, "column")) not shown (\(names)\(more))")
    }
    let line = parts.joined(separator: ", ")
    return shortenedCells > 0 || !hiddenColumns.isEmpty ? line + "; \(option) line shows all" : line
  }

  private func count(_ number: Int, _ noun: String) -> String {
    number == 1 ? "1 \(noun)" : "\(NumberText.grouped(number)) \(noun)s"
  }

  /// `1,204`.
}

extension Answer {
  /// Calls `body` for each row, at most `limit` of them, with the columns it stands in.
  ///
  /// - Returns: how many rows there were calls for.
  @discardableResult
  func forEachRow(
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

  /// A summary for a writer that shortens nothing.
  func summary(written: Int) -> WriteSummary {
    var summary = WriteSummary()
    summary.rows = rowCount
    summary.rowsWritten = written
    return summary
  }
}
