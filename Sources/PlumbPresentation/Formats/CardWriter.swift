import PlumbEngine

/// Predictions, their quality, causes and judgements as cards, which say in a glance what a table says in many columns.
///
/// Few risks have a card each with all that is known, some a bar and the reasons, many a line each.
final class CardWriter: ResultWriter {
  enum Kind: CaseIterable {
    case risk, quality, cause, judgement

    private var columns: [(String, ScalarType)] {
      switch self {
      case .risk: [("pipeline", .string), ("risk", .real), ("low", .real), ("high", .real), ("reasons", .string)]
      case .quality:
        [("section", .string), ("metric", .string), ("value", .real), ("low", .real), ("high", .real)]
      case .cause:
        [("cause", .string), ("score", .real), ("origin", .string), ("since", .datetime), ("evidence", .string)]
      case .judgement: [("pipeline", .string), ("score", .real), ("times", .real), ("since", .datetime)]
      }
    }

    /// What rows of this schema are; nil when they are a table like any other.
    init?(_ schema: Schema) {
      guard let kind = Kind.allCases.first(where: { kind in
        kind.columns.allSatisfy { schema.contains(ColumnInfo($0.0, $0.1)) }
          && (kind != .judgement || JudgementCards.isJudgement(schema))
      }) else { return nil }
      self = kind
    }
  }

  private let sink: ByteSink
  private let options: FormatOptions
  private var page: CardPage

  init(to sink: ByteSink, options: FormatOptions) {
    self.sink = sink
    self.options = options
    page = CardPage(options)
  }

  func write(_ answer: Answer) throws -> WriteSummary {
    guard let kind = Kind(answer.schema) else { return answer.summary(written: 0) }
    page = CardPage(options)
    var rows: [CardRow] = []
    let written = answer.forEachRow(limit: options.rowLimit) { vectors, row in
      rows.append(CardRow(answer, vectors, row))
    }
    let hidden: Set<String>
    switch kind {
    case .risk: hidden = RiskCards(rows: rows, names: answer.schema.map(\.name)).draw(on: &page)
    case .quality: hidden = QualityCards(rows: rows).draw(on: &page)
    case .cause: hidden = CauseCards(rows: rows).draw(on: &page)
    case .judgement: hidden = JudgementCards(rows: rows).draw(on: &page)
    }
    sink.buffer.append(page.text)
    try sink.drain()
    var summary = answer.summary(written: written)
    summary.shortenedCells = page.shortened
    let known = Self.shown[kind] ?? []
    summary.hiddenColumns = answer.schema.map(\.name).filter { hidden.contains($0) || kind != .risk && !known.contains($0) }
    return summary
  }

  /// Columns that a card has a place for.
  private static let shown: [Kind: Set<String>] = [
    .quality: [
      "section", "metric", "value", "low", "high", "positives", "of", "never_fails", "failed_last", "own_rate", "hazard",
    ],
    .cause: ["rank", "cause", "score", "origin", "since", "evidence", "query"],
    .judgement: [
      "pipeline", "score", "now", "usual", "times", "since", "runs", "failures", "sla", "breaks_sla", "tier", "owner",
    ],
  ]

  func finish() throws { try sink.flush() }
}
