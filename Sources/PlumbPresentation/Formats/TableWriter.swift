import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension ResultFormat {
  package static let table = ResultFormat("table", "aligned columns, fitted to the terminal", isForPeople: true, endings: ["txt"]) {
    TableWriter(to: $0, options: $1, style: .plain)
  }

  package static let box = ResultFormat("box", "the same with borders", isForPeople: true) {
    TableWriter(to: $0, options: $1, style: .framed)
  }
}

/// A table for people: columns aligned, numbers flush right, fitted to the terminal.
///
/// Cells that do not fit end with `…` and are counted. Control characters are shown as pictures.
final class TableWriter: ResultWriter {
  enum Style { case plain, framed }

  private let sink: ByteSink
  private let options: FormatOptions
  private let style: Style
  private var isFirst = true
  private var scratch = ByteBuffer(capacity: 1024)

  init(to sink: ByteSink, options: FormatOptions, style: Style) {
    self.sink = sink
    self.options = options
    self.style = style
  }

  func write(_ answer: Answer) throws -> WriteSummary {
    if !isFirst { sink.buffer.append(.newline) }
    isFirst = false
    var summary = answer.summary(written: 0)
    let isRight = answer.schema.map(\.type.isRightAligned)
    let words = answer.schema.map { $0.type == .string && StatusInk.isStatus($0.name) }
    guard !answer.schema.isEmpty else {
      summary.rowsWritten = summary.rows
      return summary
    }
    let (layout, names) = measure(answer)
    summary.hiddenColumns = answer.schema.suffix(layout.hidden).map(\.name)
    let widths = layout.widths

    rule("┌", "┬", "┐", widths)
    begin()
    for (i, width) in widths.enumerated() {
      scratch.removeAll()
      scratch.append(names[i])
      var columns = DisplayWidth.columns(of: names[i])
      if columns > width {
        columns = VisibleText.cut(&scratch, from: 0, to: width, isASCII: options.isASCII)
        summary.shortenedCells += 1
      }
      put(columns, width, isRight: isRight[i], isLast: i == widths.count - 1, isHeader: true)
    }
    switch style {
    case .plain:
      sink.buffer.append(widths.map { String(repeating: options.isASCII ? "-" : "─", count: $0) }.joined(separator: "  "))
      sink.buffer.append(.newline)
    case .framed: rule("├", "┼", "┤", widths)
    }

    var number = 0
    summary.rowsWritten = try answer.forEachRow(limit: options.rowLimit) { columns, row in
      defer { number += 1 }
      begin()
      for (i, width) in widths.enumerated() {
        scratch.removeAll()
        columns[i].printBoundedText(at: row, atMost: width, to: &scratch)
        if options.width != nil, columns[i].type == .timespan { trimFraction() }
        var ink = words[i] && options.isStyled ? scratch.withBytes { StatusInk.code($0) } : nil
        if options.isStyled, !options.marks.isEmpty, options.marks.contains(CellPlace(row: number, column: i)) {
          ink = "\u{1B}[7m"
        }
        var taken = VisibleText.clean(&scratch, from: 0, isASCII: options.isASCII)
        if taken > width {
          taken = VisibleText.cut(&scratch, from: 0, to: width, isASCII: options.isASCII)
          summary.shortenedCells += 1
        }
        put(taken, width, isRight: isRight[i], isLast: i == widths.count - 1, isHeader: false, ink: ink)
      }
      try sink.drain()
    }
    rule("└", "┴", "┘", widths)
    return summary
  }

  func finish() throws { try sink.flush() }

  /// Whether every column fits on the terminal, possibly with slightly shortened cells.
  func fits(_ answer: Answer) -> Bool {
    let layout = measure(answer).layout
    return layout.hidden == 0 && !layout.isCrowded
  }

  /// Measures every cell that will be shown. Skips columns that a terminal of this width could not show.
  private func measure(_ answer: Answer) -> (layout: TableLayout, names: [String]) {
    let most = options.width ?? Int.max
    let schema = answer.schema.prefix(most)
    let names = schema.map { KQLName.printable($0.name) }
    let nameWidths = names.map { max(1, DisplayWidth.columns(of: $0)) }
    var valueWidths = [Int](repeating: 0, count: schema.count)
    answer.forEachRow(limit: options.rowLimit) { columns, row in
      for i in schema.indices {
        scratch.removeAll()
        columns[i].printBoundedText(at: row, atMost: most, to: &scratch)
        if options.width != nil, columns[i].type == .timespan { trimFraction() }
        valueWidths[i] = max(valueWidths[i], VisibleText.clean(&scratch, from: 0, isASCII: options.isASCII))
      }
    }
    var layout = TableLayout(
      natural: zip(nameWidths, valueWidths).map { max($0, $1) },
      isText: schema.map { $0.type == .string || $0.type == .dynamic },
      values: valueWidths, between: style == .plain ? 2 : 3, around: style == .plain ? 0 : 4,
      fitting: options.width)
    layout.hidden += answer.schema.count - schema.count
    return (layout, names)
  }

  /// Removes trailing zeros from a duration's fraction, seven digits after a point.
  private func trimFraction() {
    let kept = scratch.withBytes { bytes -> Int in
      var end = bytes.count
      guard end > 8, bytes[end - 8] == UInt8(ascii: ".") else { return end }
      let point = end - 8
      while end > point + 1, bytes[end - 1] == UInt8(ascii: "0") { end -= 1 }
      return end == point + 1 ? point : end
    }
    scratch.truncate(to: kept)
  }

  private func begin() {
    if style == .framed { sink.buffer.append(options.isASCII ? "| " : "│ ") }
  }

  /// Writes the cell in `scratch`, `columns` wide, and what follows it.
  private func put(_ columns: Int, _ width: Int, isRight: Bool, isLast: Bool, isHeader: Bool, ink: String? = nil) {
    let padding = max(0, width - columns)
    if isRight { pad(padding) }
    let code = isHeader && options.isStyled ? "\u{1B}[1m" : ink
    if let code { sink.buffer.append(code) }
    sink.buffer.append(scratch.bytes)
    if code != nil { sink.buffer.append("\u{1B}[0m" as StaticString) }
    switch style {
    case .plain:
      if !isLast {
        pad((isRight ? 0 : padding) + 2)
      } else {
        trimLine()
        sink.buffer.append(.newline)
      }
    case .framed:
      if !isRight { pad(padding) }
      sink.buffer.append(options.isASCII ? " |" : " │")
      sink.buffer.append(isLast ? "\n" : " ")
    }
  }

  /// Removes spaces at the end of the line, if the last cells are empty.
  private func trimLine() {
    let kept = sink.buffer.withBytes { bytes in
      var end = bytes.count
      while end > 0 && bytes[end - 1] == .space { end -= 1 }
      return end
    }
    sink.buffer.truncate(to: kept)
  }

  private func pad(_ count: Int) {
    for _ in 0..<count { sink.buffer.append(.space) }
  }

  private func rule(_ left: String, _ middle: String, _ right: String, _ widths: [Int]) {
    guard style == .framed else { return }
    let line = widths.map { String(repeating: options.isASCII ? "-" : "─", count: $0 + 2) }
    sink.buffer.append(options.isASCII ? "+" : left)
    sink.buffer.append(line.joined(separator: options.isASCII ? "+" : middle))
    sink.buffer.append(options.isASCII ? "+" : right)
    sink.buffer.append(.newline)
  }
}
