import PlumbDiagnostics
import PlumbEngine

/// How a delimited text is written, detected from parts of it.
struct DelimitedShape {
  var dialect: Dialect
  /// How the text is rewritten before it is read; nil if it is read as it is.
  var rewriting: DelimitedRewriting?
  /// The bytes at the front that are left out before rewriting.
  var unreadBytes = 0
  var hasHeader: Bool
  /// The columns: their names from the header, or generated ones, and their fields.
  var columns: [DelimitedText.Column]
  /// The number of fields of a row.
  var fieldCount: Int
  /// The bytes of the text, after rewriting, before its first row, and the newlines of the file before that row.
  var skippedBytes = 0
  var skippedNewlines = 0
  /// Whether all rows end before the last columns, whose values are null.
  var padsRows = false
  /// What the user should know about how the text was understood.
  var notes: [String] = []

  var names: [String] { columns.map(\.info.name) }
}

/// Inspects the beginning, the middle and the end of a text.
struct DelimitedSniffer {
  let source: any SampledSource
  let options: ReadOptions
  let name: String
  private static let frontBytes = 2 << 20
  private static let partBytes = 1 << 20

  func shape() throws -> DelimitedShape {
    var front = try source.sample(at: 0, count: DelimitedSniffer.frontBytes)
    let isWhole = front.count < DelimitedSniffer.frontBytes
    var unread = utf8MarkLength(front)
    front.removeFirst(unread)
    let newline: UInt8 = front.contains(.newline) || !front.contains(.carriageReturn) ? .newline : .carriageReturn
    var skippedLines = 0
    let separator = separatorLine(front, newline)
    let lead = (separator?.length ?? 0, options.skippedLines ?? 0)
    if lead != (0, 0) {
      var count = lead.0
      for _ in 0..<lead.1 {
        guard let end = front[count...].firstIndex(of: newline) else {
          count = front.count
          break
        }
        count = end + 1
      }
      skippedLines = front[..<count].count { $0 == newline }
      front.removeFirst(count)
      unread += count
    }

    let search = DialectSearch(
      options: options, bytes: front, newline: newline, isWhole: isWhole, delimiter: options.delimiter ?? separator?.delimiter)
    var chosen = search.best()
    var sample = search.sample(chosen, in: front, isWhole, limit: 20_000)
    guard !sample.rows.isEmpty else {
      if sample.openBytes > 0, options.columns == nil {
        throw Diagnostic(
          "open-quote", "`\(name)`: the first row opens a quote that is never closed",
          help: "`--quote none` reads quotes as they are")
      }
      if !isWhole, options.columns == nil {
        throw Diagnostic(
          "row-too-long", "`\(name)`: the first row is longer than \(DelimitedSniffer.frontBytes >> 20) MB, too long for names of columns",
          help: "specify the columns and their types with `--types name:type,…`")
      }
      return try emptyShape(chosen.dialect, isWhole ? unread + front.count : unread)
    }
    if let rules = chosen.rewriting, rules.comment != nil, !rules.commentsFollowValues, options.comment == nil {
      // Comments that are all above the table need no rewriting of all of it.
      var other = chosen
      other.rewriting?.comment = nil
      if other.rewriting?.isNeeded == false { other.rewriting = nil }
      let bare = search.sample(other, in: front, isWhole, limit: 20_000)
      if !hasCommentsInside(bare) { (chosen, sample) = (other, bare) }
    }
    var layout = TableLayout(sample, chosen.dialect, options, isWhole: isWhole)
    if layout.fields.count == 1 { chosen.rewriting?.keepsLines = false }
    if chosen.rewriting == nil, let size = source.size, !isWhole {
      for offset in [size / 2, max(0, size - DelimitedSniffer.partBytes)] where offset > front.count {
        layout.add(
          try part(at: offset, layout.width, chosen.dialect), quote: chosen.dialect.quote, newline: newline)
      }
    }
    return shape(layout, sample, chosen, unread, skippedLines)
  }

  private func shape(
    _ layout: TableLayout, _ sample: RowSample, _ chosen: DialectCandidate, _ unread: Int, _ skippedLines: Int
  ) -> DelimitedShape {
    let start = layout.start < sample.starts.count ? sample.starts[layout.start] : 0
    let newlines = sample.bytes[..<start].count { $0 == chosen.dialect.newline }
    let columns = layout.columns()
    var shape = DelimitedShape(
      dialect: chosen.dialect, rewriting: chosen.rewriting, unreadBytes: unread, hasHeader: layout.hasHeader, columns: columns,
      fieldCount: layout.width, skippedBytes: start + (chosen.rewriting == nil ? unread : 0),
      skippedNewlines: skippedLines + newlines)
    shape.padsRows = layout.padsRows
    if layout.headerRows > 1 {
      shape.notes.append(
        "the names of columns are joined from \(layout.headerRows) lines; `--skip-lines N` with `--header` takes them from one line")
    }
    if options.skippedLines == nil, layout.skippedRows > 0 {
      shape.notes.append(
        "\(counted(layout.skippedRows, "line")) above the table \(layout.skippedRows == 1 ? "was" : "were") left out; `--skip-lines N` says how many lines to skip")
    }
    if !layout.hasHeader, options.hasHeader == nil, options.columns == nil {
      shape.notes.append("the first row looks like data, so columns are named `Column1` and so on; `--header` takes it as their names")
    }
    if chosen.isOneColumn {
      shape.notes.append("no delimiter divides the lines into rows, so each line is one value; `--delimiter` says what divides them")
    }
    if options.quote == nil, chosen.dialect.quote == nil, !chosen.isOneColumn {
      shape.notes.append("quotes are read as they are, since not all are closed; `--quote` says what surrounds a value")
    }
    for (i, column) in columns.enumerated() {
      guard options.columns == nil, let value = layout.changedValue(ofColumn: i) else { continue }
      let name = column.info.name
      shape.notes.append("`\(name)` has numbers with different numbers of decimals, such as \(value), which stay as they are written; `todouble(...)` converts them")
    }
    let uncertain = columns.indices.filter { columns[$0].info.type == .datetime && layout.guess(ofColumn: $0).isOrderUncertain }
    if options.columns == nil, let first = uncertain.first {
      shape.notes.append(
        "the dates in `\(columns[first].info.name)` are read with the month first; `--types` with `\(columns[first].info.name):string` keeps them as texts")
    }
    return shape
  }

  private func emptyShape(_ dialect: Dialect, _ skipped: Int) throws -> DelimitedShape {
    guard let columns = options.columns else {
      throw Diagnostic(
        "empty-file", "`\(name)` is empty, so its columns are unknown",
        help: "specify the columns and their types with `--types name:type,…`")
    }
    return DelimitedShape(
      dialect: dialect, hasHeader: false, columns: columns.indices.map { DelimitedText.Column(columns[$0], field: $0) },
      fieldCount: columns.count, skippedBytes: skipped)
  }

  /// The line that states the delimiter for Excel: `sep=;`.
  private func separatorLine(_ front: [UInt8], _ newline: UInt8) -> (delimiter: UInt8, length: Int)? {
    var line = front.prefix(12).prefix { $0 != newline }.filter { $0 != .carriageReturn }
    let length = front.prefix { $0 != newline }.count + 1
    if line.first == .quote, line.last == .quote { line = Array(line.dropFirst().dropLast()) }
    guard line.count == 5, line.prefix(4).map({ $0 | 0x20 }).elementsEqual("sep=".utf8.map { $0 | 0x20 }) else { return nil }
    return (line[4], min(length, front.count))
  }

  /// Whether rows that start with `#` are below the table's first row.
  private func hasCommentsInside(_ sample: RowSample) -> Bool {
    let extent = TableExtent(sample, isWhole: true)
    return sample.rows.indices.dropFirst(extent.firstRow + 1).contains { sample.starts($0, afterBlanksWith: .hash) }
  }

  /// Rows after the first newline from `offset` on.
  private func part(at offset: Int, _ width: Int, _ dialect: Dialect) throws -> RowSample {
    var bytes = try source.sample(at: offset, count: DelimitedSniffer.partBytes)
    let start = bytes.firstIndex(of: dialect.newline).map { $0 + 1 } ?? bytes.count
    bytes.removeFirst(start)
    let sample = RowSample(bytes, dialect: dialect, limit: 20_000, isWhole: false)
    // A part that starts inside quotes has rows of other widths; it is ignored.
    let fitting = sample.rows.count { $0.count == width }
    return fitting * 10 >= sample.rows.count * 9 ? sample : RowSample([], dialect: dialect, limit: 0, isWhole: true)
  }
}
