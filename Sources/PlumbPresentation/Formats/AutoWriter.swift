import PlumbEngine

extension ResultFormat {
  /// The default for people at a terminal, with rows of some kinds drawn by `presenters`.
  package static func automatic(presenters: [Presenter]) -> ResultFormat {
    ResultFormat(
      "auto", "a chart if `render` requests one, lineage as a tree, risks as cards, else a table; the default on a terminal",
      isForPeople: true
    ) {
      AutoWriter(to: $0, options: $1, presenters: presenters)
    }
  }
}

/// Output for a person at a terminal: the chart that `render` requested, rows of a known kind as their presenter draws them,
/// else a table that fits.
///
/// A few rows too wide for the terminal are shown vertically, one value per line.
final class AutoWriter: ResultWriter {
  private let sink: ByteSink
  private let options: FormatOptions
  private let presenters: [Presenter]
  private let table: TableWriter
  private let lines: LineWriter
  /// Writers of presenters, by the names of what they present.
  private var drawers: [String: any ResultWriter] = [:]
  private var isFirst = true

  /// More rows than this are easier to read in columns, even if those are cut.
  private static let mostUpright = 3

  init(to sink: ByteSink, options: FormatOptions, presenters: [Presenter]) {
    self.sink = sink
    self.options = options
    self.presenters = presenters
    table = TableWriter(to: sink, options: options, style: .plain)
    lines = LineWriter(to: sink, options: options)
  }

  func write(_ answer: Answer) throws -> WriteSummary {
    defer { isFirst = false }
    if case .success(let chart) = answer.chart() {
      if !isFirst { sink.buffer.append(.newline) }
      chart.printText(
        width: options.width ?? 80, height: options.height ?? 20, isASCII: options.isASCII,
        palette: options.palette, to: &sink.buffer)
      try sink.drain()
      return answer.summary(written: answer.rowCount)
    }
    if let presenter = presenter(of: answer) {
      if !isFirst { sink.buffer.append(.newline) }
      let name = presenter.presentation.name
      let drawer = drawers[name] ?? presenter.makeWriter(sink, options)
      drawers[name] = drawer
      return try drawer.write(answer)
    }
    if (1...Self.mostUpright).contains(answer.rowCount), isTooWide(answer), answer.rowCount == 1 || fitsUpright(answer) {
      if !isFirst { sink.buffer.append(.newline) }
      return try lines.write(answer)
    }
    return try table.write(answer)
  }

  private func presenter(of answer: Answer) -> Presenter? {
    presenters.first { $0.presentation == answer.presentation && $0.draws(answer, options, { isTooWide(answer) }) }
  }

  /// Whether the terminal has a line for each value.
  private func fitsUpright(_ answer: Answer) -> Bool { answer.rowCount * (answer.schema.count + 1) <= options.height ?? .max }

  private func isTooWide(_ answer: Answer) -> Bool { options.width != nil && !table.fits(answer) }

  func finish() throws { try sink.flush() }
}
