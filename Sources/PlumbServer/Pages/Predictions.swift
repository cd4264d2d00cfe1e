import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit

/// The last answers of queries that take long, made in the background: pages show them with the time they are as of.
final class BackgroundAnswers: Sendable {
  struct Entry: Sendable {
    /// What was asked; empty if there was nothing to ask.
    var query = ""
    var tables: [ResultTable] = []
    var error: String?
    /// The workspace's clock when the answer was made, in ticks.
    var asOf: Int64
    /// When it was made, in milliseconds of the machine's clock.
    var madeAt: Double
    var milliseconds: Double

    /// The rows of one query; nil if it failed.
    var table: ResultTable? { tables.first }
  }

  private struct State {
    var entries: [String: Entry] = [:]
    var running: Set<String> = []
  }

  private let state = LockedValue(State())

  /// Answers older than this are made again when a page shows them.
  private static let freshMilliseconds = 300_000.0

  private static let most = 64

  /// The latest answer of a query; starts to make one if it is missing or old.
  func entry(_ query: String, _ service: QueryService) -> Entry? {
    entry(named: query, service) { (query, [try PageRun(service, path: "", [:]).table(query)]) }
  }

  /// The latest answer under a name; starts to make one if it is missing or old.
  ///
  /// - Parameter ask: asks in the background; returns what was asked, empty if there was nothing, and the answers.
  func entry(
    named name: String, _ service: QueryService, _ ask: @escaping @Sendable () throws -> (query: String, tables: [ResultTable])
  ) -> Entry? {
    let (entry, isNeeded) = state.withLock { state -> (Entry?, Bool) in
      let entry = state.entries[name]
      let isFresh = entry.map { Machine.milliseconds - $0.madeAt < Self.freshMilliseconds } ?? false
      if isFresh || state.running.contains(name) { return (entry, false) }
      state.running.insert(name)
      return (entry, true)
    }
    if isNeeded, !startThread(stackBytes: 512 << 20, { self.make(name, service, ask) }) {
      state.withLock { _ = $0.running.remove(name) }
    }
    return entry
  }

  /// The answer of a query once it is there; for work in the background that builds on it.
  func awaited(_ query: String, _ service: QueryService) -> Entry? {
    while true {
      if let entry = entry(query, service) { return entry }
      if service.isDraining { return nil }
      usleep(5_000)
    }
  }

  private func make(_ name: String, _ service: QueryService, _ ask: () throws -> (query: String, tables: [ResultTable])) {
    let started = Machine.milliseconds
    var entry = Entry(asOf: service.workspace.sessionOptions.clock(), madeAt: 0, milliseconds: 0)
    do {
      (entry.query, entry.tables) = try ask()
    } catch {
      entry.error = "\(error)"
    }
    entry.madeAt = Machine.milliseconds
    entry.milliseconds = entry.madeAt - started
    state.withLock {
      if $0.entries.count >= Self.most, let oldest = $0.entries.min(by: { $0.value.madeAt < $1.value.madeAt }) {
        $0.entries[oldest.key] = nil
      }
      $0.entries[name] = entry
      $0.running.remove(name)
    }
  }
}

extension Frame {
  /// A part of a page that the latest answer of a query fills; the query runs in the background.
  static func backgroundPanel(
    _ id: String, _ title: String, _ query: String, _ run: PageRun, wide: Bool = true, _ draw: (ResultTable) -> String
  ) -> String {
    panel(id, title, run.service.background.entry(query, run.service), query, run, wide: wide) { $0.first.map(draw) ?? "" }
  }

  /// - Parameters:
  ///   - entry: the latest answer; nil if it is being made.
  ///   - query: what `Open in Query` opens; empty if it is not known yet.
  ///   - draw: makes HTML of the answers.
  static func panel(
    _ id: String, _ title: String, _ entry: BackgroundAnswers.Entry?, _ query: String, _ run: PageRun, wide: Bool = true,
    _ draw: ([ResultTable]) -> String
  ) -> String {
    var content = "<p class=\"quiet\" data-pending>Being computed; this page loads it when it is there.</p>"
      + "<noscript><p>\(Markup.link(run.path, "Load the page again"))</p></noscript>"
    var remark = ""
    if let entry {
      content = entry.error.map { "<pre class=\"error\">\(Markup.escaped($0))</pre>" } ?? draw(entry.tables)
      remark = "<span>as of \(DateTime.text(entry.asOf).prefix(16).map { $0 == "T" ? " " : String($0) }.joined()) · \(Int(entry.milliseconds)) ms</span>"
    }
    return """
      <section class="panel\(wide ? " wide" : "")" id="\(id)" aria-labelledby="\(id)-title"><h2 id="\(id)-title">\(Markup.escaped(title))</h2>
      \(content)
      <footer>\(query.isEmpty ? "" : Markup.link(Markup.path("/query", [("csl", query), ("title", title)]), "Open in Query"))\(remark)</footer></section>

      """
  }
}

/// `/predictions`: what will fail, why, and how far such predictions can be trusted.
enum PredictionsPage {
  static let risks = "predict risk"
  static let quality = "predict quality"

  static func html(_ run: PageRun) -> String {
    guard run.has("pipelines", "runs") else { return Frame.withoutTelemetry("Predictions", run) }
    return Frame.page("Predictions", run, hasRange: false, cards(run) + calibration(run))
  }

  // MARK: Risks

  private static func cards(_ run: PageRun) -> String {
    Frame.backgroundPanel("risks", "Likely to fail within 2 hours", risks, run) { table in
      let facts = downstream(run)
      let rows = table.rows.prefix(12)
      let items = rows.map { card($0, facts, run) }
      let remarks = table.remarks.map { "<p class=\"quiet\">\(Markup.escaped($0))</p>" }
      return "<ol class=\"risks\">\(items.joined())</ol>" + remarks.joined()
    }
  }

  private static func card(_ row: Row, _ facts: [String: Row], _ run: PageRun) -> String {
    let name = row["pipeline"].string ?? ""
    let risk = row["risk"].number ?? 0, low = row["low"].number ?? risk, high = row["high"].number ?? risk
    let lift = row["lift"].number ?? 0
    let base = lift > 0 ? risk / lift : 0
    func x(_ share: Double) -> String { NumberText.text((min(max(share, 0), 1) * 1000).rounded()) }
    let bar = "<svg class=\"risk\" viewBox=\"0 0 1000 40\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"risk \(Shown.percent(risk)), from \(Shown.percent(low)) to \(Shown.percent(high)); usual \(Shown.percent(base))\">"
      + "<rect class=\"r-ground\" width=\"1000\" height=\"40\"/><rect class=\"r-risk\" y=\"10\" width=\"\(x(risk))\" height=\"20\"/>"
      + "<rect class=\"r-range\" x=\"\(x(low))\" y=\"16\" width=\"\(x(max(high - low, 0.004)))\" height=\"8\"/><rect class=\"r-base\" x=\"\(x(base))\" width=\"6\" height=\"40\"/></svg>"
    let reasons = (row["reasons"].string ?? "").split(separator: "; ").prefix(4).map { "<li>\(Markup.escaped(String($0)))</li>" }
    let flip = row["flip"].string ?? ""
    let fact = facts[name]
    let tier = fact?["tier"].integer.map { "tier \($0)" } ?? ""
    let hurt = fact?["downstream"].integer.map { $0 == 0 ? "nothing downstream" : "\($0) directly downstream" } ?? ""
    let detail = [row["state"].string ?? "", tier, hurt].filter { !$0.isEmpty }.joined(separator: " · ")
    return "<li class=\"card\"><h3>\(Markup.link(run.link("/pipeline", [("name", name)]), name))</h3>"
      + "<p class=\"figure\">\(Shown.percent(risk))</p>\(bar)"
      + "<p class=\"quiet\">\(Shown.percent(low)) to \(Shown.percent(high)); \(NumberText.text((lift * 10).rounded() / 10)) × the usual \(Shown.percent(base))</p>"
      + "<p class=\"quiet\">\(Markup.escaped(detail))</p><ul>\(reasons.joined())</ul>"
      + (flip.isEmpty ? "" : "<p><strong>Smallest change that lowers it:</strong> \(Markup.escaped(flip))</p>") + outcome(fact) + "</li>\n"
  }

  /// Whether the pipeline failed in the two hours before: what a prediction then would have had to say.
  private static func outcome(_ fact: Row?) -> String {
    guard let fact, let failures = fact["failures"].integer else { return "" }
    return "<p class=\"quiet\">In the last 2 hours: "
      + (failures > 0 ? "<span class=\"status bad\">✕ failed \(failures) \(failures == 1 ? "time" : "times")</span>" : "<span class=\"status good\">✓ did not fail</span>")
      + "</p>"
  }

  private static func downstream(_ run: PageRun) -> [String: Row] {
    guard run.has("edges") else { return [:] }
    let query = """
      pipelines | project pipeline = name, tier
      | lookup kind = leftouter (edges | where isnull(until) or until > now() | summarize downstream = dcount(downstream) by pipeline = upstream) on pipeline
      | lookup kind = leftouter (runs | where started > now() - 2h | summarize failures = countif(status == "failed") by pipeline) on pipeline
      | extend downstream = coalesce(downstream, 0), failures = coalesce(failures, 0)
      """
    guard let table = try? run.table(query) else { return [:] }
    return Dictionary(table.rows.map { ($0["pipeline"].string ?? "", $0) }, uniquingKeysWith: { first, _ in first })
  }

  // MARK: Trust

  private static func calibration(_ run: PageRun) -> String {
    Frame.backgroundPanel("quality", "How far to trust them: held-out days, beside simple rules", quality, run) { table in
      let wanted = ["ranking", "most accurate point", "probability"]
      let sections = table.rows.filter { wanted.contains($0["section"].string ?? "") }
      let names = ["never_fails", "failed_last", "own_rate", "latest_failure"]
      let heads = ["figure", "Plumb", "from", "to"] + ["never fails", "failed last", "its own rate", "latest failure"]
      let rows = sections.map { row in
        "<tr><th scope=\"row\">\(Markup.escaped(row["metric"].description))</th>"
          + (["value", "low", "high"] + names).map { "<td class=\"number\">\(figure(row[$0]))</td>" }.joined() + "</tr>"
      }
      let points = table.rows.filter { $0["section"].string == "calibration" }.map { row in
        "<tr><th scope=\"row\">\(Markup.escaped(row["metric"].description))</th><td class=\"number\">\(Shown.percent(row["value"].number))</td>"
          + "<td class=\"number\">\(Frame.text(row["positives"])) of \(Frame.text(row["of"]))</td></tr>"
      }
      return "<div class=\"scroll\" tabindex=\"0\"><table><thead><tr>\(heads.map { "<th scope=\"col\">\($0)</th>" }.joined())</tr></thead><tbody>\(rows.joined())</tbody></table></div>"
        + "<h3>Calibration: of the pipelines with such a risk, this share failed</h3>"
        + "<div class=\"scroll\" tabindex=\"0\"><table><thead><tr><th scope=\"col\">predicted</th><th scope=\"col\" class=\"number\">failed</th><th scope=\"col\" class=\"number\">pipelines</th></tr></thead><tbody>\(points.joined())</tbody></table></div>"
    }
  }

  private static func figure(_ cell: Cell) -> String {
    guard let number = cell.number else { return "–" }
    return NumberText.text((number * 1000).rounded() / 1000)
  }
}
