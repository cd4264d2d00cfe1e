import PlumbDiagnostics
import PlumbEngine
import PlumbPresentation

/// Draws the results of `slow`, `stale` and `volume`, which compare pipelines with their own past: for each pipeline its
/// name, and a sentence that says what is unusual.
struct JudgementCards {
  let rows: [CardRow]
  let names: [String]

  /// - Returns: The columns that the cards leave out.
  func draw(on page: inout CardPage) -> Set<String> {
    if rows.isEmpty { page.line("nothing unusual found") }
    for row in rows {
      let tier = row.text("tier")
      let about = [tier.isEmpty ? "" : "tier \(tier)", row.text("owner")].filter { !$0.isEmpty }.joined(separator: ", ")
      let name = page.fitted(row.text("pipeline"), page.width)
      let room = page.width - DisplayWidth.columns(of: name) - 2
      let tail = room < 12 || about.isEmpty ? "" : "  " + page.styled(page.fitted(about, room), .quiet)
      page.line(page.styled(name, .bold) + tail)
      page.folded(sentence(row), after: "", indent: 2)
    }
    return Set(names).subtracting([
      "pipeline", "score", "now", "usual", "times", "since", "runs", "failures", "sla", "breaks_sla", "tier", "owner",
    ])
  }

  private func sentence(_ row: CardRow) -> String {
    let now = amount(row, "now"), usual = amount(row, "usual")
    let since = row.moment("since").map { " since \($0)" } ?? ""
    let runs = row.real("runs").map { counted(Int($0), "run") } ?? ""
    let comparison = usual.isEmpty ? "" : ", usually \(usual)"
    let times = row.real("times").map { ", \(CardPage.number($0)) times the usual" } ?? ""
    let score = row.real("score").map { "; score \(CardPage.number($0))" } ?? ""
    if row.has("breaks_sla") {
      let sla = row.duration("sla") ?? ""
      let breach = row.text("breaks_sla") == "true" ? "; its SLA of \(sla) is broken" : ""
      let failures = row.real("failures") ?? 0
      let failed = runs.isEmpty || failures == 0 ? "" : "; \(ChartNumber.grouped(failures)) of \(runs) since then failed"
      return "no success for \(now)\(usual.isEmpty ? "" : ", usually every \(usual)")\(times)\(since)\(breach)\(failed)\(score)"
    }
    if row.duration("now") != nil {
      return "takes \(now)\(comparison)\(times)\(runs.isEmpty ? "" : ", for \(runs)")\(since)\(score)"
    }
    return "\(now) records\(since)\(comparison)\(times)\(runs.isEmpty ? "" : ", in \(runs)")\(score)"
  }

  /// Returns a duration or a number of records in words.
  private func amount(_ row: CardRow, _ name: String) -> String {
    row.duration(name) ?? row.real(name).map(ChartNumber.grouped) ?? ""
  }
}

extension CardRow {
  func has(_ name: String) -> Bool { value(name) != nil }

  /// Returns `4.1 min`; nil if the value is not a timespan.
  func duration(_ name: String) -> String? {
    guard case .timespan(let ticks)? = value(name) else { return nil }
    return ChartNumber.duration(Double(ticks))
  }

  /// Returns `2026-04-01 08:01:46`; nil if the value is not a datetime.
  func moment(_ name: String) -> String? {
    guard case .datetime(let ticks)? = value(name) else { return nil }
    return ChartNumber.time(Double(ticks))
  }
}
