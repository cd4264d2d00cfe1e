import PlumbEngine
import PlumbKit
import PlumbPresentation

/// What all pages have: the head, the navigation, the range of time, panels.
enum Frame {
  /// The pages of the navigation, with their names.
  static let pages = [
    ("/", "Overview"), ("/pipelines", "Pipelines"), ("/predictions", "Predictions"), ("/lineage", "Lineage"), ("/alerts", "Alerts"), ("/query", "Query"),
  ]
  private static let ranges = [(1, "1 h"), (6, "6 h"), (24, "24 h"), (72, "3 d"), (168, "7 d"), (720, "30 d")]

  /// Allows what the server itself sends and nothing else; charts have their own styles.
  static let contentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
    + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

  static func page(_ title: String, _ run: PageRun, hasRange: Bool = true, _ body: String) -> String {
    let boards = run.service.dashboards.count == 0 ? [] : [("/dashboard", "Dashboards")]
    let ofCase = run.service.workspace.openCase == nil ? [] : [("/case", "Case")] + (run.isMaster ? [("/game", "Game master")] : [])
    let navigation = (pages + boards + ofCase).map { path, name in
      "<li>\(Markup.link(run.link(path), name, isCurrent(path, run) ? "aria-current=\"page\"" : ""))</li>"
    }
    let clock = DateTime.text(run.now).prefix(16).map { $0 == "T" ? " " : String($0) }.joined()
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(Markup.escaped(title)) · Plumb</title>
      <link rel="icon" href="data:,">
      <link rel="stylesheet" href="/assets/plumb.css">
      <script src="/assets/plumb.js" defer></script>
      </head>
      <body>
      <a class="skip" href="#main">Skip to the content</a>
      <header>
      <p class="brand">\(Markup.link(run.link("/"), "Plumb")) <span>\(Markup.escaped(run.service.settings.database))</span></p>
      <nav aria-label="Pages"><ul>\(navigation.joined())</ul></nav>
      \(hasRange ? range(run) : "")
      <p class="clock">as of <time>\(clock)</time> <span class="zone">UTC</span></p>
      </header>
      <main id="main" tabindex="-1">
      <h1>\(Markup.escaped(title))</h1>
      \(body)
      </main>
      </body>
      </html>

      """
  }

  private static func isCurrent(_ path: String, _ run: PageRun) -> Bool {
    path == run.path || path == "/pipelines" && run.path == "/pipeline"
  }

  private static func range(_ run: PageRun) -> String {
    let others = run.parameters.filter { $0.key != "hours" }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    let links = ranges.map { hours, name in
      "<li>\(Markup.link(Markup.path(run.path, others + [("hours", "\(hours)")]), name, hours == run.hours ? "aria-current=\"true\"" : ""))</li>"
    }
    return "<nav class=\"range\" aria-label=\"Range of time\"><ul>\(links.joined())</ul></nav>"
  }

  /// A part of a page that one query fills, with a link to that query.
  ///
  /// - Parameters:
  ///   - more: HTML after the link to the query.
  ///   - draw: makes HTML of the rows. What is wrong with the query is shown in place of it.
  static func panel(
    _ id: String, _ title: String, _ run: PageRun, _ query: String, wide: Bool = false, more: String = "", _ draw: (ResultTable) throws -> String
  ) -> String {
    let started = Machine.milliseconds
    var content: String
    var remark = ""
    do {
      let table = try run.table(query)
      content = try draw(table)
      let milliseconds = Int((Machine.milliseconds - started).rounded())
      remark = "<span>\(table.rowCount) \(table.rowCount == 1 ? "row" : "rows") · \(milliseconds) ms</span>"
      for text in table.remarks { content += "<p class=\"quiet\">\(Markup.escaped(text))</p>" }
    } catch {
      content = "<pre class=\"error\">\(Markup.escaped("\(error)"))</pre>"
    }
    return """
      <section class="panel\(wide ? " wide" : "")" id="\(id)" aria-labelledby="\(id)-title">
      <h2 id="\(id)-title">\(Markup.escaped(title))</h2>
      \(content)
      <footer>\(Markup.link(Markup.path("/query", [("csl", query), ("title", title)]), "Open in Query"))\(more)\(remark)</footer>
      </section>

      """
  }

  /// Rows as a table; cells are text unless `cell` makes HTML of them.
  static func table(
    _ table: ResultTable, most: Int = 200, empty: String = "Nothing.", _ cell: (Row, String) -> String? = { _, _ in nil }
  ) -> String {
    if table.rowCount == 0 { return "<p class=\"quiet\">\(Markup.escaped(empty))</p>" }
    let heads = table.columns.map { column in
      "<th scope=\"col\"\(isNumeric(column) ? " class=\"number\"" : "")>\(Markup.escaped(column.name.replacingUnderscores))</th>"
    }
    var rows = ""
    for row in table.rows.prefix(most) {
      rows += "<tr>"
      for column in table.columns {
        rows += "<td\(isNumeric(column) ? " class=\"number\"" : "")>\(cell(row, column.name) ?? text(row[column.name]))</td>"
      }
      rows += "</tr>\n"
    }
    let more = table.rowCount > most ? "<p class=\"quiet\">and \(table.rowCount - most) more rows</p>" : ""
    return "<div class=\"scroll\" tabindex=\"0\"><table><thead><tr>\(heads.joined())</tr></thead><tbody>\n\(rows)</tbody></table></div>\(more)"
  }

  private static func isNumeric(_ column: Column) -> Bool {
    switch column.type {
    case .int, .long, .real, .decimal, .timespan: true
    case .bool, .datetime, .string, .guid, .dynamic: false
    }
  }

  /// A cell for people, escaped.
  static func text(_ cell: Cell) -> String {
    switch cell {
    case .null: return "<span class=\"quiet\">–</span>"
    case .long(let number): return Shown.count(Double(number))
    case .real(let number): return NumberText.text((number * 1000).rounded() / 1000)
    case .datetime(let moment): return "<time>\(moment.description.prefix(19).map { $0 == "T" ? " " : String($0) }.joined())</time>"
    case .timespan(let duration): return Shown.duration(seconds: seconds(duration))
    case .bool(let flag): return flag ? "yes" : "no"
    case .string, .decimal, .guid, .dynamic: return Markup.escaped(cell.description)
    }
  }

  static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
  }

  /// What a page shows if the workspace has none of its tables.
  static func withoutTelemetry(_ title: String, _ run: PageRun) -> String {
    let names = ((try? run.service.workspace.tables) ?? []).map { Markup.link(Markup.query("\($0.name) | take 100"), $0.name) }
    return page(
      title, run,
      """
      <section class="panel wide" id="tables"><p>This page reads the tables <code>pipelines</code>, <code>runs</code>, <code>errors</code> and
      <code>edges</code>, which this workspace does not have. Load telemetry of dbt, OpenLineage, Airflow or Azure Data Factory with
      <code>plumb serve --load PATH</code>.</p>
      <p>\(names.isEmpty ? "No tables yet." : "Its tables: " + names.joined(separator: ", "))</p></section>
      """)
  }
}

extension String {
  /// A column's name as a heading.
  fileprivate var replacingUnderscores: String { String(map { $0 == "_" ? " " : $0 }) }
}

/// A row of small cells, one for each part of a window, coloured and shaped by how many runs failed.
enum Strip {
  struct Cell {
    var total = 0
    var failed = 0
  }

  /// - Parameter labels: the beginnings of the parts, for the tooltip; as many as `cells`.
  static func svg(_ cells: [Cell], _ spoken: String, labels: [String] = []) -> String {
    var rectangles = ""
    var at = 0
    while at < cells.count {
      var end = at + 1
      let kind = kind(of: cells[at])
      // Neighbours that look alike are one rectangle, unless each has its own tooltip.
      while labels.isEmpty, end < cells.count, self.kind(of: cells[end]) == kind { end += 1 }
      let (name, top) = kind
      let width = labels.isEmpty ? "\(end - at)" : "0.9"
      if name != "cell0" || !labels.isEmpty {
        let title = labels.isEmpty ? "" : "<title>\(Markup.escaped(labels[at])): \(cells[at].failed) of \(cells[at].total) failed</title>"
        let close = title.isEmpty ? "/>" : ">\(title)</rect>"
        rectangles += "<rect class=\"\(name)\" x=\"\(at)\" y=\"\(top)\" width=\"\(width)\" height=\"\(10 - top)\"\(close)"
      }
      at = end
    }
    return "<svg class=\"strip\" viewBox=\"0 0 \(max(1, cells.count)) 10\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"\(Markup.escaped(spoken))\">\(rectangles)</svg>"
  }

  /// The class of a cell and where it begins: the more runs failed, the higher it is.
  private static func kind(of cell: Cell) -> (String, Int) {
    if cell.total == 0 { return ("cell0", 9) }
    if cell.failed == 0 { return ("cell1", 6) }
    let share = Double(cell.failed) / Double(cell.total)
    return share < 0.1 ? ("cell2", 4) : share < 0.5 ? ("cell3", 2) : ("cell4", 0)
  }

  /// The cells of each key in the rows of a query with `key`, `slot`, `total` and `failed`.
  static func cells(_ table: ResultTable, key: String, count: Int) -> [String: [Cell]] {
    var result: [String: [Cell]] = [:]
    for row in table.rows {
      guard let slot = row["slot"].integer, slot >= 0, slot < count, let name = row[key].string else { continue }
      result[name, default: Array(repeating: Cell(), count: count)][slot] =
        Cell(total: row["total"].integer ?? 0, failed: row["failed"].integer ?? 0)
    }
    return result
  }
}
