import PlumbEngine
import PlumbKit
import PlumbPresentation

/// `/`: how things are, what needs somebody, and what changed.
enum OverviewPage {
  static func html(_ run: PageRun) -> String {
    guard run.has("pipelines", "runs", "errors", "edges") else { return Frame.withoutTelemetry("Overview", run) }
    return Frame.page(
      "Overview", run,
      cards(run) + "<div class=\"columns\">" + strips(run) + NeedsPanel.html(run) + "</div><div class=\"columns\">" + errors(run) + changes(run)
        + "</div>")
  }

  // MARK: Cards

  private static func cards(_ run: PageRun) -> String {
    let runs = """
      runs
      | where started > now() - 2 * \(run.window)
      | summarize runs = count(), failed = countif(status == "failed"), records = sum(records_out),
          broken = dcountif(pipeline, status == "failed") by current = started > now() - \(run.window)
      """
    let pipelines = #"pipelines | summarize total = count(), failing = countif(status == "failed")"#
    var cards: [String] = []
    let before = "the \(run.hours) h before"
    do {
      let row = try run.table(pipelines).rows.first { _ in true }
      let failing = row?["failing"].integer ?? 0
      cards.append(
        card("Pipelines", Shown.count(row?["total"].number ?? 0), "\(failing) \(failing == 1 ? "fails" : "fail") now",
          isBad: failing > 0, Markup.path("/pipelines", [("status", "failed")])))
      let table = try run.table(runs)
      let now = table.rows.first { $0["current"] == .bool(true) }
      let past = table.rows.first { $0["current"] == .bool(false) }
      let rate = share(now), earlier = share(past)
      cards.append(
        card("Runs that succeed", Shown.percent(rate), change(rate, earlier, before, points: true),
          isBad: (rate ?? 1) < (earlier ?? 0) - 0.005, Markup.query(runs)))
      let records = now?["records"].number, recordsBefore = past?["records"].number
      cards.append(
        card("Records out", Shown.count(records ?? 0), change(records, recordsBefore, before), isBad: false, Markup.query(runs)))
      cards.append(
        card("Pipelines with failures", Shown.count(now?["broken"].number ?? 0),
          change(now?["broken"].number, past?["broken"].number, before), isBad: false, Markup.path("/pipelines", [("failures", "yes")])))
    } catch {
      cards.append("<li class=\"card\"><pre class=\"error\">\(Markup.escaped("\(error)"))</pre></li>")
    }
    cards.append(lateCard(run))
    return "<ul class=\"cards\">\(cards.joined())</ul>"
  }

  /// How many break their SLA, which takes longer to find out than the rest and comes from the background.
  private static func lateCard(_ run: PageRun) -> String {
    let title = "Data is late", path = Markup.query("stale | where breaks_sla")
    guard let table = run.service.background.entry(NeedsPanel.late, run.service)?.table else {
      return "<li class=\"card\" id=\"late\" data-pending><h2>\(title)</h2><p class=\"figure\">…</p><p class=\"quiet\">being computed</p></li>\n"
    }
    let count = table.rowCount
    let tier = table.rows.compactMap { $0["tier"].integer }.min().map { ", highest tier \($0)" } ?? ""
    return card(
      title, "\(count)", count == 0 ? "no SLA is broken" : "\(count == 1 ? "breaks its SLA" : "break their SLA")\(tier)",
      isBad: count > 0, path, id: "late")
  }

  private static func card(_ title: String, _ figure: String, _ detail: String, isBad: Bool, _ path: String, id: String = "") -> String {
    "<li class=\"card\(isBad ? " bad" : "")\"\(id.isEmpty ? "" : " id=\"\(id)\"")><h2>\(Markup.link(path, title))</h2><p class=\"figure\">\(Markup.escaped(figure))</p>"
      + "<p class=\"quiet\">\(isBad ? "▲ " : "")\(Markup.escaped(detail))</p></li>\n"
  }

  private static func share(_ row: Row?) -> Double? {
    guard let row, let runs = row["runs"].number, runs > 0 else { return nil }
    return 1 - (row["failed"].number ?? 0) / runs
  }

  private static func change(_ now: Double?, _ before: Double?, _ when: String, points: Bool = false) -> String {
    guard let now, let before, points || before != 0 else { return "nothing to compare with" }
    let difference = points ? (now - before) * 100 : (now - before) / before * 100
    let rounded = (difference * 10).rounded() / 10
    if rounded == 0 { return "as in \(when)" }
    return "\(rounded > 0 ? "+" : "−")\(NumberText.text(abs(rounded))) \(points ? "points" : "%") against \(when)"
  }

  // MARK: Strips

  private static func strips(_ run: PageRun) -> String {
    let query = """
      runs
      | where started > now() - \(run.window)
      | lookup kind = leftouter (pipelines | project pipeline = name, region) on pipeline
      | summarize total = count(), failed = countif(status == "failed")
          by group = iff(isempty(region), source, strcat(source, " · ", region)),
             slot = tolong((started - (now() - \(run.window))) / \(run.cellMinutes)m)
      """
    return Frame.panel("strips", "Sources and regions, the worst first", run, query) { table in
      let groups = Strip.cells(table, key: "group", count: run.cells)
      let sorted = groups.map { name, cells in
        (name, cells, cells.reduce(0) { $0 + $1.failed }, cells.reduce(0) { $0 + $1.total })
      }.sorted { one, other in
        let a = Double(one.2) / Double(max(1, one.3)), b = Double(other.2) / Double(max(1, other.3))
        return a == b ? one.0 < other.0 : a > b
      }
      if sorted.isEmpty { return "<p class=\"quiet\">No runs in these \(run.hours) hours.</p>" }
      let labels = (0..<run.cells).map { slot in
        String(DateTime.text(run.now - Int64(run.hours) * TimeSpan.hour + Int64(slot * run.cellMinutes) * TimeSpan.minute).dropFirst(5).prefix(11))
          .map { $0 == "T" ? " " : String($0) }.joined()
      }
      let rows = sorted.prefix(40).map { name, cells, failed, total in
        let source = String(name.split(separator: " · ").first ?? "")
        return "<tr><th scope=\"row\">\(Markup.link(run.link("/pipelines", [("source", source), ("failures", "yes")]), name))</th>"
          + "<td class=\"cells\">\(Strip.svg(cells, "\(name): \(failed) of \(total) runs failed", labels: labels))</td>"
          + "<td class=\"number\">\(failed) of \(Shown.count(Double(total)))</td></tr>\n"
      }
      return "<table class=\"strips\"><thead><tr><th scope=\"col\">group</th><th scope=\"col\">over time</th>"
        + "<th scope=\"col\" class=\"number\">failed</th></tr></thead><tbody>\(rows.joined())</tbody></table>"
        + "<p class=\"key\"><span class=\"cell1\">all succeeded</span> <span class=\"cell2\">below 10 % failed</span> "
        + "<span class=\"cell3\">below half</span> <span class=\"cell4\">half or more</span></p>"
    }
  }

  /// The texts of a JSON array.
  static func strings(_ cell: Cell) -> [String] {
    guard case .dynamic(let json) = cell, case .array(let elements)? = JSONText.parseTree(json) else { return [] }
    return elements.compactMap(\.string)
  }

  // MARK: Errors and changes

  private static func errors(_ run: PageRun) -> String {
    let query = """
      errors
      | where at > now() - \(run.window)
      | summarize errors = count(), pipelines = dcount(pipeline), last = max(at) by code = iff(isempty(code), "(none)", code), category
      | top 8 by errors
      """
    let series = """
      errors
      | where at > now() - \(run.window)
      | summarize errors = count() by at = bin(at, \(max(1, run.hours / 24))h), category = iff(isempty(category), "(none)", category)
      | sort by at asc
      | render columnchart with (kind = stacked)
      """
    return Frame.panel("errors", "Errors by code", run, query) { table in
      Frame.table(table, empty: "No errors in these \(run.hours) hours.") { row, column in
        guard column == "errors", let code = row["code"].string else { return nil }
        let wanted = code == "(none)" ? "isempty(code)" : "code == \(KQLText.string(code))"
        return Markup.link(
          Markup.query("errors | where at > now() - \(run.window) and \(wanted) | sort by at desc | take 200"), Shown.count(row["errors"].number ?? 0))
      }
    } + Frame.panel("errors-time", "Errors over time", run, series) { ChartFigure.html($0) }
  }

  private static func changes(_ run: PageRun) -> String {
    let query = "compare(now() - \(run.window), now(), now() - 2 * \(run.window), now() - \(run.window)) | take 5"
      + " | project measure, dimension, value, before, after, explains"
    return Frame.backgroundPanel("changes", "What changed against the \(run.hours) h before", query, run, wide: false) {
      Frame.table($0, empty: "Nothing changed noticeably.") { row, column in
        column == "explains" ? Shown.percent(row["explains"].number) : nil
      }
    }
  }
}
