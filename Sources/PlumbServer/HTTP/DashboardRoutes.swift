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
    let form = Exchange.parameters(String(decoding: try await exchange.body(upTo: 1 << 20), as: UTF8.self))
    let number = Int(form["n"] ?? "") ?? 0
    if path == "/dashboard/remove" {
      guard service.settings.isWritable else { throw Self.readOnly }
      let problem = attempt { try service.dashboards.change(number) { $0.remove(form["tile"] ?? "") } }
      return back(exchange, to: number, problem)
    }
    let query = form["csl"] ?? "", title = String((form["title"] ?? "").prefix(200)), tile = form["tile"].flatMap { $0.isEmpty ? nil : $0 }
    guard !query.trimmingCharacters.isEmpty else { throw WireError.badRequest("a tile needs a query", status: 400, name: "tile") }
    let known = service.dashboards.all
    let whole = known.indices.contains(number) ? DashboardText.whole(query, of: known[number], [:]) : query
    let drawn = service.session(ClientOptions(), parameters: [:]).visualization(of: whole)
    let place = { @Sendable (dashboard: inout Dashboard) in
      let visual = TileVisual(drawn, hasQueryList: dashboard.hasQueryList)
      if let tile, dashboard.tile(tile) != nil {
        dashboard.change(tile, title: title, query: query, visual: drawn == nil ? nil : visual)
      } else {
        dashboard.add(title: title, query: query, visual: visual, page: form["page"])
      }
    }
    guard service.settings.isWritable, service.dashboards.count > 0 else {
      // Nothing is changed here; the file with the tile is for the reader to keep.
      let all = service.dashboards.all
      var dashboard = all.indices.contains(number) ? all[number] : Dashboard(title: title.isEmpty ? "Plumb" : title, database: service.settings.database)
      place(&dashboard)
      return file(exchange, dashboard)
    }
    let problem = attempt { try service.dashboards.change(number, place) }
    return back(exchange, to: number, problem)
  }

  /// The file of a dashboard, as it would be saved.
  func dashboardFile(_ exchange: Exchange) -> Response {
    let all = service.dashboards.all, number = Int(exchange.query["n"] ?? "") ?? 0
    return file(exchange, all.indices.contains(number) ? all[number] : Dashboard(title: "Plumb", database: service.settings.database))
  }

  private static let readOnly = WireError.badRequest("this server does not accept changes; start it with --writable", status: 403, name: "read-only")

  private func file(_ exchange: Exchange, _ dashboard: Dashboard) -> Response {
    exchange.reply(
      .ok, "application/json", Array((DashboardText.lines(dashboard.tree) + "\n").utf8),
      headers: [.contentDisposition: "attachment; filename=\"dashboard.json\""])
  }

  private func back(_ exchange: Exchange, to number: Int, _ problem: String) -> Response {
    let target = Markup.path("/dashboard", (number == 0 ? [] : [("n", "\(number)")]) + [("problem", problem)])
    return exchange.reply(.seeOther, "text/plain", Array("\(target)\n".utf8), headers: [.location: target])
  }

  private func attempt(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch { return "\(Problems(error))" }
  }
}
