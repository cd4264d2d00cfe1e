import Hummingbird
import PlumbCases
import PlumbEngine
import PlumbKit

/// What the pages of a case change: the group's answers and hints, and what only the game master does.
extension Endpoint {
  /// Whether a path is the game master's.
  static func isMasters(_ path: String) -> Bool { path == "/game" || path.hasPrefix("/game/") }

  /// A form of a case's pages: what it does with its text, and the page that follows.
  private struct CaseForm: Sendable {
    let page: String
    let act: @Sendable (CaseDesk, [String: String], PageRun) throws -> String
  }

  /// The forms by their paths. To add one, add an element.
  private static let caseForms: [String: CaseForm] = [
    "/case/answer": CaseForm(page: "/case") { desk, form, _ in try desk.answer(CasePage.answer(form)) },
    "/case/hint": CaseForm(page: "/case") { desk, _, _ in try desk.hint() },
    "/case/note": CaseForm(page: "/case") { desk, form, _ in
      try desk.current.add(.note, form["text"] ?? "", via: "server")
      return "Noted."
    },
    "/game/interject": CaseForm(page: "/game") { desk, form, run in
      defer { if let store = run.service.workspace.store { try? store.refresh(run.service.workspace.catalog) } }
      return try desk.interject(form["text"] ?? "")
    },
    "/game/note": CaseForm(page: "/game") { desk, form, _ in try desk.note(form["text"] ?? "") },
    "/game/advance": CaseForm(page: "/game") { _, _, run in
      _ = try run.service.workspace.session().run(".advance 30m")
      return "Half an hour has passed."
    },
    "/game/close": CaseForm(page: "/game") { desk, _, run in
      let sheet = try desk.current.scoreSheet(desk.workspace.session())
      try desk.current.close()
      run.service.workspace.reopenWords()
      return "\(sheet.points) of 100 points. The case is closed."
    },
  ]

  /// The reply to a form of a case's pages; nil if the path names something else.
  func caseChange(_ exchange: Exchange) async throws -> Response? {
    guard let known = Self.caseForms[exchange.request.uri.path] else { return nil }
    let form = try await exchange.form()
    guard let place = await service.limiter.place(within: ServerSettings.longestWait) else { throw WireError.throttled }
    defer { place.giveBack() }
    let run = PageRun(service, path: known.page, [:])
    let target = await PageRun.make(run) { run in
      do {
        let desk = try CaseDesk(run.service.workspace, via: "server")
        return Markup.path(known.page, [("said", try known.act(desk, form, run))])
      } catch { return Markup.path(known.page, [("problem", "\(Problems(error, in: ""))")]) }
    }
    return exchange.redirect(to: target)
  }

  /// The report or the debrief of the case as a page of its own, for the game master.
  static func gameText(_ path: String) -> (@Sendable (PageRun) -> String)? {
    guard path == "/game/report" || path == "/game/debrief" else { return nil }
    return { run in
      do {
        let desk = try CaseDesk(run.service.workspace, via: "server")
        let page = try desk.current.report(desk.workspace.session()).page
        return path == "/game/report" ? page.html() : page.debriefHTML()
      } catch { return Frame.page("Game master", run, hasRange: false, "<pre class=\"error\">\(Markup.escaped("\(Problems(error, in: ""))"))</pre>") }
    }
  }
}
