import PlumbDatabase
import PlumbEngine
import PlumbKit
import PlumbPresentation

/// `/dashboard`: the tiles of a dashboard file on their grid, with controls for its parameters.
enum DashboardPage {
  static func html(_ run: PageRun) -> String {
    let all = run.service.dashboards.all
    guard !all.isEmpty else { return Frame.page("Dashboards", run, hasRange: false, none(run)) }
    let number = min(max(Int(run.parameter("n")) ?? 0, 0), all.count - 1)
    let dashboard = all[number]
    let page = dashboard.pages.first { $0.id == run.parameter("page") } ?? dashboard.pages[0]
    let view = View(run: run, dashboard: dashboard, number: number, page: page)
    return Frame.page(dashboard.title, run, hasRange: false, view.tabs(all.map(\.title)) + view.problem + view.controls + view.board + view.about)
  }

  private static func none(_ run: PageRun) -> String {
    """
    <section class="panel wide" id="none"><p>This server was started without a dashboard. <code>plumb serve --dashboard FILE.json</code> shows a
    file that Azure Data Explorer or Fabric wrote; with <code>--writable</code> queries can be pinned to it, and a new file is made.</p>
    <p>Without that, <a href="/query">Query</a> offers a dashboard with its query as a file.</p></section>
    """
  }
}

/// One page of one dashboard.
private struct View {
  let run: PageRun
  let dashboard: Dashboard
  let number: Int
  let page: Dashboard.Page

  /// The state of the page in the URL, without what names the dashboard.
  private var chosen: [String: String] { run.parameters.filter { $0.key.hasPrefix("v.") || $0.key == "hours" } }

  private func link(_ number: Int, _ page: String? = nil) -> String {
    Markup.path("/dashboard", (number == 0 ? [] : [("n", "\(number)")]) + (page.map { [("page", $0)] } ?? []) + (number == self.number ? chosen.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } : []))
  }

  func tabs(_ titles: [String]) -> String {
    func list(_ label: String, _ items: [(String, String, Bool)]) -> String {
      guard items.count > 1 else { return "" }
      let links = items.map { "<li>\(Markup.link($0.1, $0.0, $0.2 ? "aria-current=\"true\"" : ""))</li>" }
      return "<nav class=\"range\" aria-label=\"\(label)\"><ul>\(links.joined())</ul></nav>\n"
    }
    return list("Dashboards", titles.enumerated().map { ($1, link($0), $0 == number) })
      + list("Pages of the dashboard", dashboard.pages.map { ($0.name, link(number, $0.id), $0.id == page.id) })
  }

  var problem: String {
    let text = run.parameter("problem")
    return text.isEmpty ? "" : "<pre class=\"error\" id=\"problem\">\(Markup.escaped(text))</pre>"
  }

  // MARK: Parameters

  var controls: String {
    let parameters = dashboard.parameters.filter { $0.isShown(on: page.id) }
    guard !parameters.isEmpty else { return "" }
    let hidden = (number == 0 ? "" : "<input type=\"hidden\" name=\"n\" value=\"\(number)\">") + "<input type=\"hidden\" name=\"page\" value=\"\(Markup.escaped(page.id))\">"
    return "<form class=\"filters\" action=\"/dashboard\" method=\"get\">\(hidden)\(parameters.map(control).joined())<button>Apply</button></form>\n"
  }

  private func control(_ parameter: DashboardParameter) -> String {
    let title = Markup.escaped(parameter.title), name = Markup.escaped(parameter.control)
    switch parameter.form {
    case .range(_, _, let shown):
      let hours = run.parameters["hours"] ?? ""
      let options = [("", shown), ("1", "last hour"), ("6", "last 6 hours"), ("24", "last 24 hours"), ("72", "last 3 days"), ("168", "last 7 days"), ("720", "last 30 days")]
      return "<label>\(title) <select name=\"hours\">\(options.map { option($0, $1, $0 == hours) }.joined())</select></label>"
    case .free:
      return "<label>\(title) <input name=\"\(name)\" value=\"\(Markup.escaped(parameter.chosen(chosen)?.first ?? ""))\"></label>"
    case .one:
      let picked = parameter.chosen(chosen)?.first
      let all = parameter.hasAll ? option(DashboardParameter.all, "all", picked == nil) : ""
      return "<label>\(title) <select name=\"\(name)\">\(all)\(values(of: parameter).map { option($0.value, $0.text, $0.value == picked) }.joined())</select></label>"
    case .several:
      let picked = parameter.chosen(chosen)
      let boxes = (parameter.hasAll ? [(DashboardParameter.all, "all")] : []) + values(of: parameter)
      let inputs = boxes.enumerated().map { place, value in
        let isOn = value.0 == DashboardParameter.all ? picked == nil : picked?.contains(value.0) ?? false
        return "<label><input type=\"checkbox\" name=\"\(name).\(place)\" value=\"\(Markup.escaped(value.0))\"\(isOn ? " checked" : "")>\(Markup.escaped(value.1))</label> "
      }
      let shown = picked.map { $0.isEmpty ? "none" : $0.joined(separator: ", ") } ?? "all"
      return "<details class=\"several\"><summary>\(title): \(Markup.escaped(shown))</summary>\(inputs.joined())</details>"
    }
  }

  private func option(_ value: String, _ text: String, _ isChosen: Bool) -> String {
    "<option value=\"\(Markup.escaped(value))\"\(isChosen ? " selected" : "")>\(Markup.escaped(text))</option>"
  }

  /// What can be chosen, from the list or from the rows of a query.
  private func values(of parameter: DashboardParameter) -> [(value: String, text: String)] {
    guard let source = parameter.source else { return parameter.listed }
    guard let table = try? run.table(DashboardText.whole(source.query, of: dashboard, chosen)) else { return [] }
    let column = table.columns.first { $0.name == source.value }?.name ?? table.columns.first?.name ?? ""
    let label = table.columns.first { $0.name == source.text }?.name ?? column
    return table.rows.prefix(1_000).compactMap { row in
      if case .null = row[column] { return nil }
      return (row[column].description, row[label].description)
    }
  }

  // MARK: Tiles

  var board: String {
    let tiles = dashboard.tiles.filter { $0.page == page.id }.sorted { ($0.layout.y, $0.layout.x) < ($1.layout.y, $1.layout.x) }
    if tiles.isEmpty { return "<p class=\"quiet\">This page has no tiles yet. <a href=\"/query\">Query</a> pins the first.</p>\n" }
    return "<div class=\"board\">\n\(tiles.map(tile).joined())</div>\n"
  }

  private func tile(_ tile: Dashboard.Tile) -> String {
    let place = tile.layout
    let style = "--x:\(place.x + 1);--y:\(place.y + 1);--w:\(place.width);--h:\(place.height)"
    let id = "tile-" + tile.id.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? String($0) : "_" }.joined()
    let content: String
    if tile.query.isEmpty {
      content = "<section class=\"panel\" id=\"\(id)\">\(tile.title.isEmpty ? "" : "<h2>\(Markup.escaped(tile.title))</h2>")\(DashboardText.html(markdown: tile.markdown ?? ""))"
        + "<footer>\(removal(tile))</footer></section>"
    } else {
      let query = DashboardText.whole(tile.query, of: dashboard, chosen)
      let edit = Markup.link(Markup.path("/query", [("csl", tile.query), ("tile", tile.id), ("n", "\(number)"), ("title", tile.title)]), "Edit")
      content = Frame.panel(id, tile.title.isEmpty ? "Tile" : tile.title, run, query, more: edit + removal(tile)) { draw(tile, $0) }
    }
    return "<div class=\"tile\" style=\"\(style)\">\(content)</div>\n"
  }

  private func removal(_ tile: Dashboard.Tile) -> String {
    guard run.service.settings.isWritable else { return "" }
    return "<form action=\"/dashboard/remove\" method=\"post\"><input type=\"hidden\" name=\"n\" value=\"\(number)\"><input type=\"hidden\" name=\"tile\" value=\"\(Markup.escaped(tile.id))\">"
      + "<button class=\"plain\" aria-label=\"Remove \(Markup.escaped(tile.title))\">Remove</button></form>"
  }

  private func draw(_ tile: Dashboard.Tile, _ table: ResultTable) -> String {
    let visual = TileVisual(type: tile.visual, options: tile.options)
    if tile.visual == "multistat" { return rowsAsFigures(tile, table) }
    if tile.visual == "card" || tile.visual == "stat", let row = table.rows.first(where: { _ in true }) {
      return figures(table.columns.prefix(24).map { ($0.name, row[$0.name]) })
    }
    var answer = table.answer
    if let visualization = visual.visualization(answer.schema) { answer.visualization = visualization } else if tile.visual == "table" { answer.visualization = nil }
    let remark = visual.isKnown ? "" : "<p class=\"quiet\">Tiles of the kind \(Markup.escaped(tile.visual)) are shown as tables.</p>"
    return ChartFigure.html(ResultTable(answer)) + remark
  }

  /// The rows as figures, each a label and a value.
  private func rowsAsFigures(_ tile: Dashboard.Tile, _ table: ResultTable) -> String {
    let names = table.columns.map(\.name)
    func column(_ option: String, _ place: Int) -> String? {
      tile.options["multiStat__\(option)"].text.flatMap { names.contains($0) ? $0 : nil } ?? (names.indices.contains(place) ? names[place] : names.last)
    }
    guard let label = column("labelColumn", 0), let value = column("valueColumn", 1), table.rowCount > 0 else { return Frame.table(table) }
    return figures(table.rows.prefix(60).map { ($0[label].description, $0[value]) })
  }

  private func figures(_ values: [(label: String, value: Cell)]) -> String {
    let cards = values.map { "<li class=\"card\"><h3>\(Markup.escaped($0.label))</h3><p class=\"figure\">\(Frame.text($0.value))</p></li>" }
    return "<ul class=\"cards\">\(cards.joined())</ul>"
  }

  var about: String {
    let sources = dashboard.dataSources
    let others = sources.isEmpty ? "" : " In the file the data is called \(sources.map { Markup.escaped($0) }.joined(separator: ", ")); here every query runs on this server's tables."
    return "<p class=\"quiet\">\(Markup.link(Markup.path("/dashboard.json", number == 0 ? [] : [("n", "\(number)")]), "Download the file")), which Azure Data Explorer and Fabric import.\(others)</p>\n"
  }
}
