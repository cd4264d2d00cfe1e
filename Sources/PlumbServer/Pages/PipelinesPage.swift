import PlumbEngine
import PlumbKit

/// `/pipelines`: all pipelines, filtered, with what happened to them in the window.
enum PipelinesPage {
  private static let pageSize = 200
  private static let sorts = [
    ("failed", "failures"), ("name", "name"), ("late", "age of last success"), ("records", "records"), ("tier", "tier"),
  ]

  static func html(_ run: PageRun) -> String {
    guard run.has("pipelines", "runs") else { return Frame.withoutTelemetry("Pipelines", run) }
    let page = max(1, Int(run.parameter("page")) ?? 1)
    let query = listQuery(run)
    let list = Frame.panel("pipelines", "Pipelines", run, query, wide: true) { table in
      let total = table.rowCount
      let start = min((page - 1) * pageSize, max(0, (total - 1) / pageSize * pageSize))
      let rows = Array(table.rows.dropFirst(start).prefix(pageSize))
      let strips = try self.strips(rows.compactMap { $0["name"].string }, run)
      if rows.isEmpty { return "<p class=\"quiet\">No pipeline matches.</p>" }
      return "<p class=\"quiet\">\(start + 1) to \(start + rows.count) of \(total)</p>" + head(run)
        + rows.map { self.row($0, strips, run) }.joined() + "</tbody></table></div>" + pages(total, start / pageSize + 1, run)
    }
    return Frame.page("Pipelines", run, filters(run) + list)
  }

  // MARK: Queries

  /// The filter as the `where` clause that it is.
  private static func conditions(_ run: PageRun) -> [String] {
    var conditions: [String] = []
    for name in ["source", "status", "owner"] where !run.parameter(name).isEmpty {
      conditions.append("\(name) == \(KQLText.string(run.parameter(name)))")
    }
    if let tier = Int(run.parameter("tier")) { conditions.append("tier == \(tier)") }
    if !run.parameter("q").isEmpty { conditions.append("name contains \(KQLText.string(run.parameter("q")))") }
    return conditions
  }

  private static func listQuery(_ run: PageRun) -> String {
    let conditions = conditions(run)
    let filter = conditions.isEmpty ? "" : "\n| where \(conditions.joined(separator: " and "))"
    let order =
      switch run.parameter("sort") {
      case "name": "name asc"
      case "late": "last_success asc nulls last, name asc"
      case "records": "records_24h desc, name asc"
      case "tier": "tier asc, failed desc, name asc"
      default: "failed desc, name asc"
      }
    return """
      pipelines\(filter)
      | lookup kind = leftouter (
          runs | where started > now() - \(run.window)
          | summarize runs = count(), failed = countif(status == "failed") by name = pipeline) on name
      | extend runs = coalesce(runs, 0), failed = coalesce(failed, 0)\(run.parameter("failures") == "yes" ? "\n| where failed > 0" : "")
      | project name, status, source, tier, owner, runs, failed, last_success, age = now() - last_success, records_24h, sla
      | sort by \(order)
      """
  }

  private static func strips(_ names: [String], _ run: PageRun) throws -> [String: [Strip.Cell]] {
    if names.isEmpty { return [:] }
    let list = names.map { KQLText.string($0) }.joined(separator: ", ")
    let table = try run.table(
      """
      runs | where started > now() - \(run.window) and pipeline in (\(list))
      | summarize total = count(), failed = countif(status == "failed")
          by pipeline, slot = tolong((started - (now() - \(run.window))) / \(run.cellMinutes)m)
      """)
    return Strip.cells(table, key: "pipeline", count: run.cells)
  }

  // MARK: Form

  private static func filters(_ run: PageRun) -> String {
    func choices(_ column: String) -> [String] {
      let query = "pipelines | where isnotempty(tostring(\(column))) | distinct value = tostring(\(column)) | sort by value asc | take 200"
      return ((try? run.table(query))?["value"] ?? []).compactMap(\.string)
    }
    func select(_ name: String, _ values: [String]) -> String {
      let options = values.map { value in
        "<option\(value == run.parameter(name) ? " selected" : "")>\(Markup.escaped(value))</option>"
      }
      return "<label>\(name) <select name=\"\(name)\"><option value=\"\">any</option>\(options.joined())</select></label>"
    }
    let sort = sorts.map { "<option value=\"\($0.0)\"\($0.0 == run.parameter("sort") ? " selected" : "")>\($0.1)</option>" }
    let conditions = conditions(run)
    let clause = "pipelines" + (conditions.isEmpty ? "" : " | where " + conditions.joined(separator: " and "))
    return """
      <form class="filters" action="/pipelines" method="get">
      <input type="hidden" name="hours" value="\(run.hours)">
      \(select("source", choices("source")))\(select("status", choices("status")))\(select("tier", choices("tier")))\(select("owner", choices("owner")))
      <label>name contains <input type="search" name="q" value="\(Markup.escaped(run.parameter("q")))"></label>
      <label><input type="checkbox" name="failures" value="yes"\(run.parameter("failures") == "yes" ? " checked" : "")> with failures</label>
      <label>sort by <select name="sort">\(sort.joined())</select></label>
      <button>Filter</button> \(Markup.link("/pipelines", "Clear"))
      </form>
      <p class="clause"><code>\(Markup.escaped(clause))</code></p>

      """
  }

  // MARK: Rows

  private static func head(_ run: PageRun) -> String {
    let names = ["name", "status", "source", "tier", "last \(run.hours) h", "failed", "runs", "last success", "records 24 h", "owner"]
    let cells = names.map { "<th scope=\"col\"\(["failed", "runs", "records 24 h", "tier"].contains($0) ? " class=\"number\"" : "")>\($0)</th>" }
    return "<div class=\"scroll\" tabindex=\"0\"><table class=\"list\"><thead><tr>\(cells.joined())</tr></thead><tbody>\n"
  }

  private static func row(_ row: Row, _ strips: [String: [Strip.Cell]], _ run: PageRun) -> String {
    let name = row["name"].string ?? ""
    let ours = "runs | where pipeline == \(KQLText.string(name)) and started > now() - \(run.window)"
    let failed = row["failed"].integer ?? 0, runs = row["runs"].integer ?? 0
    func count(_ number: Int, _ query: String) -> String {
      number == 0 ? "0" : Markup.link(Markup.query(query + " | sort by started desc"), Shown.count(Double(number)))
    }
    let cells = strips[name] ?? Array(repeating: Strip.Cell(), count: run.cells)
    var age = "<span class=\"quiet\">never</span>"
    if case .timespan(let duration) = row["age"] {
      var late = false
      if case .timespan(let sla) = row["sla"] { late = duration > sla }
      age = late ? "<strong class=\"late\">▲ \(Shown.duration(seconds: Frame.seconds(duration)))</strong>"
        : Shown.duration(seconds: Frame.seconds(duration))
    }
    return "<tr><th scope=\"row\">\(Markup.link(run.link("/pipeline", [("name", name)]), name))</th><td>\(Status.html(row["status"]))</td>"
      + "<td>\(Frame.text(row["source"]))</td><td class=\"number\">\(Frame.text(row["tier"]))</td>"
      + "<td class=\"cells\">\(Strip.svg(cells, "\(failed) of \(runs) runs failed"))</td>"
      + "<td class=\"number\">\(count(failed, ours + #" and status == "failed""#))</td><td class=\"number\">\(count(runs, ours))</td>"
      + "<td>\(age)</td><td class=\"number\">\(Frame.text(row["records_24h"]))</td><td>\(Frame.text(row["owner"]))</td></tr>\n"
  }

  private static func pages(_ total: Int, _ current: Int, _ run: PageRun) -> String {
    let last = max(1, (total + pageSize - 1) / pageSize)
    if last == 1 { return "" }
    let others = run.parameters.filter { $0.key != "page" }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    let links = (1...last).filter { $0 == 1 || $0 == last || abs($0 - current) < 4 }.map { page in
      "<li>\(Markup.link(Markup.path("/pipelines", others + [("page", "\(page)")]), "\(page)", page == current ? "aria-current=\"page\"" : ""))</li>"
    }
    return "<nav class=\"range\" aria-label=\"Pages of pipelines\"><ul>\(links.joined())</ul></nav>"
  }
}

/// The state of a pipeline or a run, with a shape besides its colour.
enum Status {
  static func html(_ cell: Cell) -> String {
    let text = cell.string ?? ""
    let mark =
      switch text {
      case "succeeded", "success": ("✓", "good")
      case "failed", "error": ("✕", "bad")
      case "running": ("▶", "busy")
      case "": ("–", "none")
      default: ("●", "none")
      }
    return "<span class=\"status \(mark.1)\"><span aria-hidden=\"true\">\(mark.0)</span> \(Markup.escaped(text.isEmpty ? "never ran" : text))</span>"
  }
}
