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
    let (layout, names, order) = measure(answer)
    summary.hiddenColumns = order.dropFirst(layout.widths.count).sorted().map { answer.schema[$0].name }
    let widths = layout.widths
    if answer.isOneOfSeveral, let name = answer.name {
      scratch.removeAll()
      scratch.append(name)
      _ = VisibleText.clean(&scratch, from: 0, isASCII: options.isASCII)
      scratch.append(":\n" as StaticString)
      scratch.withBytes { sink.buffer.append($0) }
    }

    rule("┌", "┬", "┐", widths)
    begin()
    for (place, width) in widths.enumerated() {
      let i = order[place]
      scratch.removeAll()
      scratch.append(names[i])
      var columns = DisplayWidth.columns(of: names[i])
      if columns > width {
        columns = VisibleText.cut(&scratch, from: 0, to: width, isASCII: options.isASCII)
        summary.shortenedCells += 1
      }
      put(columns, width, isRight: isRight[i], isLast: place == widths.count - 1, isHeader: true)
    }
    if options.showsTypes {
      begin()
      for (place, width) in widths.enumerated() {
        scratch.removeAll()
        scratch.append(answer.schema[order[place]].type.name)
        put(
          min(scratch.count, width), width, isRight: isRight[order[place]], isLast: place == widths.count - 1, isHeader: false,
          ink: .quiet)
      }
    }
    switch style {
    case .plain:
      sink.buffer.append(widths.map { String(repeating: options.isASCII ? "-" : "─", count: $0) }.joined(separator: "  "))
      sink.buffer.append(.newline)
    case .framed: rule("├", "┼", "┤", widths)
    }

    var number = 0
    summary.rowsWritten = try forEachShownRow(of: answer, between: { self.dots(widths, isRight: order.map { isRight[$0] }) }) { columns, row in
      defer { number += 1 }
      begin()
      for (place, width) in widths.enumerated() {
        let i = order[place]
        print(columns[i], at: row, atMost: width)
        var ink = words[i] && options.palette != nil ? scratch.withBytes { StatusInk.ink($0) } : .plain
        if options.palette != nil, !options.marks.isEmpty, options.marks.contains(CellPlace(row: number, column: i)) {
          ink = .marked
        }
        var taken = VisibleText.clean(&scratch, from: 0, isASCII: options.isASCII)
        if taken > width {
          taken = VisibleText.cut(&scratch, from: 0, to: width, isASCII: options.isASCII)
          summary.shortenedCells += 1
        }
        put(taken, width, isRight: isRight[i], isLast: place == widths.count - 1, isHeader: false, ink: ink)
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

  /// The rows that the limit leaves, with a row of dots between the first and the last ones if both are shown.
  private func forEachShownRow(
    of answer: Answer, between: () -> Void, _ body: (_ columns: [Vector], _ row: Int) throws -> Void
  ) rethrows -> Int {
    guard options.showsTail, let limit = options.rowLimit else { return try answer.forEachRow(limit: options.rowLimit, body) }
    return try answer.forEachOuterRow(limit: limit, between: between, body)
  }

  private func dots(_ widths: [Int], isRight: [Bool]) {
    begin()
    for (place, width) in widths.enumerated() {
      scratch.removeAll()
      scratch.append(options.isASCII ? ":" : "·")
      put(1, width, isRight: isRight[place], isLast: place == widths.count - 1, isHeader: false)
    }
  }

  /// Puts a cell into `scratch` as it is shown.
  private func print(_ column: Vector, at row: Int, atMost width: Int) {
    scratch.removeAll()
    if !options.nullText.isEmpty, column.value(at: row).isNull { return scratch.append(options.nullText) }
    column.printBoundedText(at: row, atMost: width, to: &scratch)
    if options.width != nil, column.type == .timespan { trimFraction() }
    if options.groupsThousands, column.type == .long || column.type == .int { groupThousands() }
  }

  /// Separates the thousands of the whole number in `scratch`.
  private func groupThousands() {
    let grouped = scratch.withBytes { bytes -> [UInt8] in
      let digits = bytes.reduce(0) { $0 + ($1 >= 0x30 && $1 <= 0x39 ? 1 : 0) }
      guard digits > 3, digits + 1 >= bytes.count else { return [] }
      var out: [UInt8] = []
      for (place, byte) in bytes.enumerated() {
        let left = bytes.count - place
        if left % 3 == 0, let last = out.last, last != UInt8(ascii: "-") { out.append(UInt8(ascii: ",")) }
        out.append(byte)
      }
      return out
    }
    if grouped.isEmpty { return }
    scratch.removeAll()
    for byte in grouped { scratch.append(byte) }
  }

  /// The columns in the order in which they are shown: where not all fit, those first that name a pipeline or that the
  /// query names, then the first that has a status.
  private func order(of schema: Schema) -> [Int] {
    let names: Set<String> = ["pipeline", "name"]
    let first = schema.indices.filter { names.contains(schema[$0].name) && schema[$0].type == .string }.prefix(1)
    let named = options.firstColumns.compactMap { name in schema.firstIndex { $0.name == name } }
    var order: [Int] = []
    let status = schema.indices.filter { schema[$0].type == .string && StatusInk.isStatus(schema[$0].name) }.prefix(1)
    for place in first + named + status + schema.indices where !order.contains(place) { order.append(place) }
    return order
  }

  /// Measures every cell that will be shown. Skips columns that a terminal of this width could not show.
  private func measure(_ answer: Answer) -> (layout: TableLayout, names: [String], order: [Int]) {
    let most = options.width ?? Int.max
    // Columns beyond the width are not measured, whichever come first.
    let places = answer.schema.count <= most ? Array(answer.schema.indices) : Array(self.order(of: answer.schema).prefix(most))
    let schema = places.map { answer.schema[$0] }
    let names = schema.map { KQLName.printable($0.name) }
    let nameWidths = names.map { max(1, DisplayWidth.columns(of: $0)) }
    var valueWidths = [Int](repeating: options.showsTypes ? 4 : 0, count: schema.count)
    if options.showsTypes { for i in schema.indices { valueWidths[i] = schema[i].type.name.utf8.count } }
    _ = forEachShownRow(of: answer, between: {}) { columns, row in
      for i in schema.indices {
        print(columns[places[i]], at: row, atMost: most)
        valueWidths[i] = max(valueWidths[i], VisibleText.clean(&scratch, from: 0, isASCII: options.isASCII))
      }
    }
    func layout(_ order: [Int]) -> TableLayout {
      TableLayout(
        natural: order.map { max(nameWidths[$0], valueWidths[$0]) },
        isText: order.map { schema[$0].type == .string || schema[$0].type == .dynamic },
        isKey: order.map { schema[$0].type == .string && ["pipeline", "name"].contains(schema[$0].name) },
        values: order.map { valueWidths[$0] }, between: style == .plain ? 2 : 3, around: style == .plain ? 0 : 4,
        fitting: options.width)
    }
    var order = Array(schema.indices)
    var made = layout(order)
    if made.hidden > 0 {
      order = self.order(of: schema)
      made = layout(order)
    }
    made.hidden += answer.schema.count - schema.count
    let shown = order.map { places[$0] }
    var allNames = [String](repeating: "", count: answer.schema.count)
    for (i, place) in places.enumerated() { allNames[place] = names[i] }
    let rest = answer.schema.indices.filter { !shown.contains($0) }
    return (made, allNames, shown + rest)
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
  private func put(_ columns: Int, _ width: Int, isRight: Bool, isLast: Bool, isHeader: Bool, ink: Palette.Ink = .plain) {
    let padding = max(0, width - columns)
    if isRight { pad(padding) }
    let code = options.palette?.start(isHeader ? .bold : ink) ?? ""
    if !code.isEmpty { sink.buffer.append(code) }
    sink.buffer.append(scratch.bytes)
    if !code.isEmpty { sink.buffer.append(Palette.end) }
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
