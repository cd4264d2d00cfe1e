import HTTPTypes
import Hummingbird
import PlumbDiagnostics
import PlumbEngine
import PlumbKit

/// What pages do to dashboards: pin a query, change a tile, remove one, and send the file.
extension Endpoint {
  /// The reply to a form about dashboards; nil if the path names something else.
  func dashboardChange(_ exchange: Exchange) async throws -> Response? {
    let path = exchange.request.uri.path
    guard path == "/dashboard/pin" || path == "/dashboard/remove" else { return nil }
    let isWritable = service.settings.isWritable
    if path == "/dashboard/remove", !isWritable { throw WireError.readOnly }
    let form = try await exchange.form(upTo: 1 << 20)
    if path == "/dashboard/pin", (form["csl"] ?? "").trimmingCharacters.isEmpty {
      throw WireError.badRequest("a tile needs a query", status: 400, name: "tile")
    }
    let number = Int(form["n"] ?? "") ?? 0
    let isSaved = isWritable && service.dashboards.count > 0
    let answer = try await own(exchange) { run in
      let files = run.service.dashboards, all = files.all
      let change = path == "/dashboard/remove" ? { $0.remove(form["tile"] ?? "") } : Self.pin(form, all.indices.contains(number) ? all[number] : nil, run.service)
      guard isSaved else {
        // Nothing is changed here; the file with the tile is for the reader to keep.
        var dashboard = all.indices.contains(number) ? all[number] : Dashboard(title: form["title"] ?? "Plumb", database: run.service.settings.database)
        change(&dashboard)
        return Self.text(dashboard)
      }
      var problem = ""
      do { try files.change(number, change) } catch { problem = "\(Problems(error))" }
      return Markup.path("/dashboard", (number == 0 ? [] : [("n", "\(number)")]) + [("problem", problem)])
    }
    return isSaved ? exchange.redirect(to: answer) : file(exchange, answer)
  }

  /// The change that a form asks for: another tile, or another query of one.
  ///
  /// - Parameter dashboard: gives the query's variables their values, so that its chart is known.
  private static func pin(_ form: [String: String], _ dashboard: Dashboard?, _ service: QueryService) -> (inout Dashboard) -> Void {
    let query = form["csl"] ?? "", title = String((form["title"] ?? "").prefix(200))
    let whole = dashboard.map { DashboardText.whole(query, of: $0, [:]) } ?? query
    let drawn = service.session(ClientOptions(), parameters: [:]).visualization(of: whole)
    return { dashboard in
      let visual = TileVisual(drawn, hasQueryList: dashboard.hasQueryList)
      if let tile = form["tile"], dashboard.tile(tile) != nil {
        dashboard.change(tile, title: title, query: query, visual: drawn == nil ? nil : visual)
      } else {
        dashboard.add(title: title, query: query, visual: visual, page: form["page"])
      }
    }
  }

  /// The file of a dashboard, as it would be saved.
  func dashboardFile(_ exchange: Exchange) -> Response {
    let all = service.dashboards.all, number = Int(exchange.query["n"] ?? "") ?? 0
    return file(exchange, Self.text(all.indices.contains(number) ? all[number] : Dashboard(title: "Plumb", database: service.settings.database)))
  }

  private static func text(_ dashboard: Dashboard) -> String { DashboardText.lines(dashboard.tree) + "\n" }

  private func file(_ exchange: Exchange, _ text: String) -> Response {
    exchange.reply(.ok, "application/json", text, headers: [.contentDisposition: "attachment; filename=\"dashboard.json\""])
  }
}
