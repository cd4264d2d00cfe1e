import PlumbDiagnostics
import PlumbPresentation
import PlumbSyntax

/// Draws the failure risk of pipelines as cards: a bar with the interval, and the reasons.
struct RiskCards {
  let rows: [CardRow]
  /// The names of the columns.
  let names: [String]

  /// With more rows than this, cards are smaller.
  private static let mostFull = 2
  private static let mostCompact = 8
  /// In longer lists, smaller risks have no reasons.
  private static let leastWithReasons = 0.2

  private struct Figures {
    var risk: Double
    var low: Double
    var high: Double
    var percent: String
    var interval: String
    var lift: String

    init(_ row: CardRow) {
      let risk = row.real("risk") ?? .nan, low = row.real("low") ?? risk, high = row.real("high") ?? risk
      self.risk = risk
      self.low = low
      self.high = high
      percent = CardPage.percent(risk) + " %"
      interval = "\(CardPage.percent(low)) to \(CardPage.percent(high)) %"
      lift = row.real("lift").map { ChartNumber.fixed($0, $0 >= 99.95 ? 0 : 1) + "x" } ?? ""
    }

    var ink: CardPage.Ink { risk >= 0.5 ? .bad : risk >= 0.2 ? .doubtful : .good }
  }

  /// - Returns: The columns that the cards leave out.
  func draw(on page: inout CardPage) -> Set<String> {
    guard !rows.isEmpty else {
      page.line("no pipelines")
      return []
    }
    if rows.count <= Self.mostFull {
      for (i, row) in rows.enumerated() {
        if i > 0 { page.line() }
        full(row, &page)
      }
      return Set(names).intersection(["path"])
    }
    list(&page)
    return Set(names).subtracting(["pipeline", "risk", "low", "high", "lift", "state", "reasons"])
  }

  /// Returns the reasons one by one; `leaf: 12 of 20 failed` becomes an observation.
  private static func reasons(_ row: CardRow) -> (told: [String], seen: String) {
    var told = row.text("reasons").split(separator: ";").map { String($0.drop { $0 == " " }) }.filter { !$0.isEmpty }
    let state = row.text("state")
    if !state.isEmpty { told.insert(state, at: 0) }
    guard let leaf = told.last, leaf.hasPrefix("leaf: ") else { return (told, "") }
    told.removeLast()
    return (told, String(leaf.dropFirst(6)) + " in the same state")
  }

  private func full(_ row: CardRow, _ page: inout CardPage) {
    let figures = Figures(row)
    let indent = max(6, (names.map { DisplayWidth.columns(of: $0) }.filter { $0 <= 12 }.max() ?? 0) + 2)
    let isNarrow = page.width < 40
    let tail = "  \(figures.percent)"
    page.line(page.styled(page.fitted(row.text("pipeline"), page.width), .bold))
    let columns = max(8, page.width - DisplayWidth.columns(of: tail))
    page.line(
      page.bar(figures.risk, low: figures.low, high: figures.high, columns, figures.ink)
        + page.styled(tail, figures.ink))
    let usual = figures.lift.isEmpty ? "" : ", \(figures.lift.dropLast()) times the average risk"
    page.folded("95 % interval \(figures.interval)\(usual)", after: "", indent: 0)
    let (told, seen) = Self.reasons(row)
    for (i, reason) in told.enumerated() {
      page.folded(reason, after: i == 0 ? "why" : "", indent: isNarrow ? 4 : indent)
    }
    if !seen.isEmpty { page.folded(seen, after: "seen", indent: isNarrow ? 6 : indent) }
    for name in names where !["pipeline", "risk", "low", "high", "lift", "state", "reasons", "path"].contains(name) {
      let text = row.text(name)
      if text.isEmpty { continue }
      let label = KQLName.printable(name)
      let room = max(indent, min(DisplayWidth.columns(of: label) + 2, page.width / 2))
      page.folded(text, after: label, indent: room, .quiet)
    }
  }

  /// Draws a line for each pipeline with its bar and figures, and the reasons below or next to it.
  private func list(_ page: inout CardPage) {
    let isShort = rows.count <= Self.mostCompact
    let figures = rows.map { Figures($0) }
    func width(_ texts: [String], _ heading: String) -> Int {
      max(heading.count, texts.map { DisplayWidth.columns(of: $0) }.max() ?? 0)
    }
    let percent = width(figures.map(\.percent), "risk")
    var interval = width(figures.map(\.interval), "95 %")
    var lift = width(figures.map(\.lift), "lift")
    if page.width < 60 { (interval, lift) = (0, 0) }
    let numbers = percent + (interval > 0 ? interval + lift + 4 : 0)
    let widest = rows.map { DisplayWidth.columns(of: $0.text("pipeline")) }.max() ?? 0
    let name = max(8, min(max(widest, 8), page.width - numbers - (isShort ? 14 : 12) - 4))
    let left = page.width - name - numbers - 4
    // Reasons go next to the figures if there is room for a sentence, else below them.
    let beside = !isShort && left >= 64 ? left - 14 : 0
    let bar = max(4, left - (beside > 0 ? beside + 2 : 0))

    var heading = page.cell("pipeline", name) + "  " + page.cell("", bar) + "  " + page.cell("risk", percent, isRight: true)
    if interval > 0 {
      heading += "  " + page.cell("95 %", interval, isRight: true) + "  " + page.cell("lift", lift, isRight: true)
    }
    if beside > 0 { heading += "  why" }
    page.line(page.styled(CardPage.trimmed(heading), .quiet))
    for (row, figures) in zip(rows, figures) {
      var line = page.styled(page.cell(row.text("pipeline"), name), .bold) + "  "
      line += page.bar(figures.risk, low: figures.low, high: figures.high, bar, figures.ink) + "  "
      line += page.styled(page.cell(figures.percent, percent, isRight: true), figures.ink)
      if interval > 0 {
        line += "  " + page.cell(figures.interval, interval, isRight: true)
        line += "  " + page.cell(figures.lift, lift, isRight: true)
      }
      let (told, seen) = Self.reasons(row)
      if beside > 0 { line += "  " + page.fitted(told.first ?? seen, beside) }
      page.line(line)
      if beside == 0, isShort || figures.risk >= Self.leastWithReasons {
        let all = (told + (seen.isEmpty ? [] : [seen])).joined(separator: "; ")
        if !all.isEmpty { page.folded(all, after: "", indent: 2, isShort ? .plain : .quiet, atMost: isShort ? 2 : 1) }
      }
    }
    if beside == 0, !isShort, figures.contains(where: { $0.risk < Self.leastWithReasons }) {
      page.line(page.styled("reasons are shown from \(CardPage.percent(Self.leastWithReasons)) % on; `| take 8` shows more of them", .quiet))
    }
  }
}

/// Draws the likely causes of a pipeline's trouble as cards: the cause, where and since when, and the evidence.
struct CauseCards {
  let rows: [CardRow]
  let names: [String]

  /// - Returns: The columns that the cards leave out.
  func draw(on page: inout CardPage) -> Set<String> {
    if rows.isEmpty { page.line("nothing wrong found") }
    defer { if names.contains("query"), !rows.isEmpty { page.line(page.styled("\nin the shell, .run N runs the query of number N", .quiet)) } }
    for (i, row) in rows.enumerated() {
      if i > 0 { page.line() }
      let score = row.real("score") ?? 0
      let rank = row.text("rank")
      let ink: CardPage.Ink = score >= 0.5 ? .bad : score >= 0.2 ? .doubtful : .plain
      let title = (rank.isEmpty ? "" : rank + ". ") + row.text("cause")
      let bar = max(8, min(30, page.width - 50))
      let head = page.cell(title, max(12, page.width - bar - 8))
      page.line(
        page.styled(head, .bold) + "  " + page.bar(score, low: score, high: score, bar, ink) + " "
          + page.styled(page.cell(CardPage.percent(score) + " %", 5, isRight: true), ink))
      let since = row.moment("since") ?? ""
      page.folded(row.text("origin") + (since.isEmpty ? "" : ", since \(since)"), after: "   where", indent: 10)
      let evidence = row.text("evidence").split(separator: ";").map { String($0.drop { $0 == " " }) }.filter { !$0.isEmpty }
      for (i, text) in evidence.enumerated() { page.folded(text, after: i == 0 ? "   why" : "", indent: 10) }
      let query = row.text("query")
      if !query.isEmpty { page.folded(query, after: "   query", indent: 10, .quiet) }
    }
    return Set(names).subtracting(["rank", "cause", "score", "origin", "since", "evidence", "query"])
  }
}
