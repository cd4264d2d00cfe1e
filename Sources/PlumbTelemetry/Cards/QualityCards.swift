import PlumbDiagnostics
import PlumbPresentation

/// Draws the quality of predictions in sections: each figure with its interval, next to the figures of simple rules.
struct QualityCards {
  let rows: [CardRow]
  let names: [String]

  private static let rules = [
    ("never_fails", "never"), ("failed_last", "last"), ("own_rate", "own"), ("latest_failure", "latest"), ("hazard", "best"),
    ("knowing_faults", "told"),
  ]
  private static let explanation =
    "never: no run fails; last: fails as the last one did; own: by its own rate; latest: the latest failure first; "
    + "best: no one can do better; told: the model, told which faults are at work"

  /// - Returns: The columns that the cards leave out.
  func draw(on page: inout CardPage) -> Set<String> {
    let indent = 2
    let figure = 6, interval = 14, rule = 6
    let names = rows.map { DisplayWidth.columns(of: $0.text("metric")) }.max() ?? 0
    let hasRules = page.width >= indent + 16 + figure + interval + Self.rules.count * (rule + 1) + 6
    let room = page.width - indent - figure - interval - 4 - (hasRules ? Self.rules.count * (rule + 1) + 1 : 0)
    let name = max(8, min(names, room))
    var section: String?
    var explains = false
    for row in rows {
      let told = Self.rules.map { row.real($0.0) }
      let compares = told.contains { $0 != nil }
      if row.text("section") != section {
        section = row.text("section")
        var head = page.cell(section ?? "", min(page.width, indent + name + figure + interval + 4))
        if hasRules && compares {
          head += " " + Self.rules.map { " " + page.cell($0.1, rule, isRight: true) }.joined()
          explains = true
        }
        page.line(page.styled(CardPage.trimmed(head), .bold))
      }
      var line = String(repeating: " ", count: indent) + page.cell(row.text("metric"), name) + "  "
      line += page.cell(row.real("value").map(CardPage.number) ?? "", figure, isRight: true) + "  "
      if let low = row.real("low"), let high = row.real("high"), low != high {
        line += page.styled(page.cell("\(CardPage.number(low)) to \(CardPage.number(high))", interval), .quiet)
      } else {
        line += page.cell("", interval)
      }
      if hasRules && compares {
        line += " " + told.map { " " + page.cell($0.map(CardPage.number) ?? "", rule, isRight: true) }.joined()
      } else if let hits = row.real("positives"), let all = row.real("of"), !compares {
        line += page.styled("  \(ChartNumber.grouped(hits)) of \(ChartNumber.grouped(all))", .quiet)
      }
      page.line(CardPage.trimmed(line))
    }
    if explains { page.folded(Self.explanation, after: "", indent: 0, .quiet) }
    let drawn = ["section", "metric", "value", "low", "high", "positives", "of"] + (hasRules ? Self.rules.map(\.0) : [])
    return Set(self.names).subtracting(drawn)
  }
}
