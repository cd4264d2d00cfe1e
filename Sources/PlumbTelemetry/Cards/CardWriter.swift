import PlumbEngine
import PlumbPresentation

/// Writes rows as cards, which show the essentials of a wide table.
final class CardWriter: ResultWriter {
  /// Draws rows on a page and returns the columns that it left out.
  typealias Drawing = @Sendable (_ rows: [CardRow], _ names: [String], inout CardPage) -> Set<String>

  private let sink: ByteSink
  private let options: FormatOptions
  /// How remarks begin that are written above the cards; empty for none.
  private let heading: String
  private let draw: Drawing

  init(to sink: ByteSink, options: FormatOptions, heading: String = "", draw: @escaping Drawing) {
    self.sink = sink
    self.options = options
    self.heading = heading
    self.draw = draw
  }

  func write(_ answer: Answer) throws -> WriteSummary {
    var page = CardPage(options)
    var rows: [CardRow] = []
    let written = answer.forEachRow(limit: options.rowLimit) { vectors, row in
      rows.append(CardRow(answer, vectors, row))
    }
    let above = heading.isEmpty || rows.isEmpty ? [] : answer.remarks.filter { $0.hasPrefix(heading) }
    for remark in above { page.folded(remark, after: "", indent: 0, .quiet) }
    let hidden = draw(rows, answer.schema.map(\.name), &page)
    sink.buffer.append(page.text)
    try sink.drain()
    var summary = answer.summary(written: written)
    summary.shownRemarks = Set(above)
    summary.shortenedCells = page.shortened
    summary.hiddenColumns = answer.schema.map(\.name).filter(hidden.contains)
    return summary
  }

  func finish() throws { try sink.flush() }
}
