import PlumbEngine

/// What a person at a terminal wants: the chart that `render` asked for, lineage as a tree, risks and causes as cards, else a
/// table that fits. Judgements such as `slow` are cards where their table would not fit.
///
/// Few rows too wide for the terminal stand upright, one value a line.
final class AutoWriter: ResultWriter {
  private let sink: ByteSink
  private let options: FormatOptions
  private let table: TableWriter
  private let lines: LineWriter
  private let tree: TreeWriter
  private let cards: CardWriter
  private var isFirst = true

  /// More rows than these are easier read in columns, cut as they may be.
  private static let mostUpright = 3

  init(to sink: ByteSink, options: FormatOptions) {
    self.sink = sink
    self.options = options
    table = TableWriter(to: sink, options: options, style: .plain)
    lines = LineWriter(to: sink, options: options)
    tree = TreeWriter(to: sink, options: options)
    cards = CardWriter(to: sink, options: options)
  }

  func write(_ answer: Answer) throws -> WriteSummary {
    defer { isFirst = false }
    if case .success(let chart) = answer.chart() {
      if !isFirst { sink.buffer.append(0x0A) }
      chart.printText(
        width: options.width ?? 80, height: options.height ?? 20, isASCII: options.isASCII,
        styled: options.isStyled, to: &sink.buffer)
      try sink.drain()
      return answer.summary(written: answer.rowCount)
    }
    if LineageForest.isLineage(answer.schema), answer.rowCount > 0 {
      if !isFirst { sink.buffer.append(0x0A) }
      return try tree.write(answer)
    }
    if let kind = CardWriter.Kind(answer.schema), options.marks.isEmpty, kind != .judgement || isTooWide(answer) {
      if !isFirst { sink.buffer.append(0x0A) }
      return try cards.write(answer)
    }
    if (1...Self.mostUpright).contains(answer.rowCount), isTooWide(answer) {
      if !isFirst { sink.buffer.append(0x0A) }
      return try lines.write(answer)
    }
    return try table.write(answer)
  }

  private func isTooWide(_ answer: Answer) -> Bool { options.width != nil && !table.fits(answer) }

  func finish() throws { try sink.flush() }
}
