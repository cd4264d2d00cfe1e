import HTTPTypes
import Hummingbird
import NIOCore
import PlumbDatabase
import PlumbEngine
import PlumbKit
import PlumbPresentation
import PlumbSyntax

/// The pages for browsers, and what they load.
extension Endpoint {
  /// The pages by their paths. To add one, add an element, and its name to the navigation in `Frame`.
  static let pages: [String: @Sendable (PageRun) -> String] = [
    "/": OverviewPage.html, "/pipelines": PipelinesPage.html, "/pipeline": PipelinePage.html,
    "/predictions": PredictionsPage.html, "/lineage": LineagePage.html, "/alerts": AlertsPage.html, "/query": QueryPage.html,
    "/dashboard": DashboardPage.html, "/case": CasePage.html, "/game": GamePage.html,
  ]

  /// Whether a path needs no token.
  static func isOpen(_ path: String) -> Bool { path == "/healthz" || path == "/login" || path.hasPrefix("/assets/plumb.") }

  /// The reply to a request for a page or for what pages load; nil if the path names something else.
  ///
  /// - Parameter isMaster: whether the game master of a case asks.
  func page(_ exchange: Exchange, _ context: ServerContext, isMaster: Bool) async throws -> Response? {
    let path = exchange.request.uri.path
    if let make = Self.pages[path] ?? Self.gameText(path) {
      guard let place = await service.limiter.place(within: ServerSettings.longestWait) else { throw WireError.throttled }
      let run = PageRun(service, path: path, exchange.query, isMaster: isMaster)
      let disconnection = await context.disconnection()
      disconnection?.whenClosed { run.stop() }
      let text = await PageRun.make(run, make)
      disconnection?.whenClosed(nil)
      place.giveBack()
      return exchange.page(text)
    }
    switch path {
    case "/assets/plumb.css": return exchange.asset("text/css; charset=utf-8", Assets.css)
    case "/assets/plumb.js": return exchange.asset("text/javascript; charset=utf-8", Assets.script)
    case "/complete": return exchange.asset("application/json", try await own(exchange, Editor.completions))
    case "/colours": return exchange.asset("application/json", Editor.colours(exchange.query["csl"] ?? ""))
    case "/dashboard.json": return dashboardFile(exchange)
    case "/result.csv": return try await file(exchange)
    case "/events": return events(exchange, await context.disconnection())
    case "/login": return exchange.page(LoginPage.html(wasWrong: false))
    default: return nil
    }
  }

  /// Checks a token that was entered, and gives the browser its cookie.
  func login(_ exchange: Exchange) async throws -> Response {
    let form = try await exchange.form()
    guard let token = [service.settings.token, service.settings.masterToken].compactMap({ $0 }).first(where: { Access.isEqual(form["token"] ?? "", $0) }) else {
      return exchange.page(LoginPage.html(wasWrong: true), status: .unauthorized)
    }
    let cookie = "\(Access.cookieName)=\(Markup.urlPart(token)); HttpOnly; SameSite=Strict; Path=/; Max-Age=2592000\(service.settings.certificate == nil ? "" : "; Secure")"
    return exchange.redirect(to: "/", [.setCookie: cookie])
  }

  /// Silences alerts as a form of the page asks, and leads back to the page.
  func silence(_ exchange: Exchange) async throws -> Response {
    guard service.settings.isWritable else { throw WireError.readOnly }
    let form = try await exchange.form()
    guard let command = AlertsPage.command(form) else {
      throw WireError.badRequest("a silence needs a rule, hours from 1 to 720 and a reason", status: 400, name: "silence")
    }
    let run = PageRun(service, path: "/alerts", exchange.query)
    let problem = await PageRun.make(run) { run in
      do {
        _ = try run.service.workspace.session().run(command)
        return ""
      } catch { return "\(Problems(error, in: command))" }
    }
    return exchange.redirect(to: Markup.path("/alerts", [("problem", problem)]))
  }

  /// A text made on a thread of its own, in its turn among queries.
  func own(_ exchange: Exchange, _ body: @escaping @Sendable (PageRun) -> String) async throws -> String {
    guard let place = await service.limiter.place(within: ServerSettings.longestWait) else { throw WireError.throttled }
    defer { place.giveBack() }
    return await PageRun.make(PageRun(service, path: exchange.request.uri.path, exchange.query), body)
  }

  /// The answer of a query as a CSV file.
  private func file(_ exchange: Exchange) async throws -> Response {
    let text = try await own(exchange) { run in
      do { return try run.table(run.parameter("csl")).text(as: "csv") } catch { return "\(error)" }
    }
    return exchange.reply(
      .ok, "text/csv; charset=utf-8", Array(text.utf8), headers: [.contentDisposition: "attachment; filename=\"result.csv\""])
  }

  // MARK: Changes

  /// Events that tell a page that tables have changed, until it is closed.
  private func events(_ exchange: Exchange, _ disconnection: Disconnection?) -> Response {
    let isClosed = LockedValue(false)
    disconnection?.whenClosed { isClosed.withLock { $0 = true } }
    let service = service
    return exchange.reply(streaming: "text/event-stream") { writer in
      var bytes = 0
      func send(_ text: String) async throws {
        bytes += text.utf8.count
        try await writer.write(NIOCore.ByteBuffer(string: text))
      }
      try await send("retry: 5000\n\n")
      var mark = service.tablesMark
      var beats = 0
      while !isClosed.withLock({ $0 }), !service.isDraining {
        try await Task.sleep(for: .milliseconds(500))
        beats += 1
        guard beats % 4 == 0 else { continue }
        if (try? service.workspace.openCase?.interjectWhatIsDue()) == true, let store = service.workspace.store { try? store.refresh(service.workspace.catalog) }
        let next = service.tablesMark
        // A clock that moves changes `ago()` and `now()` too.
        let hasMoved = beats % 120 == 0 && service.workspace.catalog.advance == nil
        if next != mark || hasMoved { try await send("event: changed\ndata: {}\n\n") } else if beats % 30 == 0 { try await send(": here\n\n") }
        mark = next
      }
      return (bytes, nil)
    }
  }
}

extension Exchange {
  /// A page with the policy that keeps it from loading anything of others, compressed if the browser accepts that.
  ///
  /// Its forms must say where they come from: with the policy `no-referrer`, browsers send `Origin: null`, which `Access` refuses.
  func page(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
    compressed(
      status, "text/html; charset=utf-8", text,
      [.contentSecurityPolicy: Frame.contentSecurityPolicy, .referrerPolicy: "same-origin", .frameOptions: "DENY"])
  }

  func asset(_ type: String, _ text: String) -> Response { compressed(.ok, type, text, [:]) }

  private func compressed(_ status: HTTPResponse.Status, _ type: String, _ text: String, _ headers: HTTPFields) -> Response {
    let bytes = Array(text.utf8)
    let accepts = request.headers[.acceptEncoding]?.lowercased().split(separator: ",")
      .contains { $0.trimmingCharacters.hasPrefix("gzip") } ?? false
    guard accepts, bytes.count > 1_400, let packed = Compression.gzip(bytes) else { return reply(status, type, bytes, headers: headers) }
    return reply(status, type, packed, headers: headers + [.contentEncoding: "gzip", .vary: "Accept-Encoding"])
  }
}

extension HTTPField.Name {
  static let referrerPolicy = HTTPField.Name("Referrer-Policy") ?? .userAgent
  static let frameOptions = HTTPField.Name("X-Frame-Options") ?? .userAgent
}
