import PlumbCases
import PlumbEngine
import PlumbKit

/// `/game`: the answer sheet, the score so far, interjections and the live transcript of a case, for its game master alone.
enum GamePage {
  static func html(_ run: PageRun) -> String {
    guard let desk = try? CaseDesk(run.service.workspace, via: "server") else {
      return Frame.page("Game master", run, hasRange: false, CasePage.section("none", "No case", "<p>This workspace contains no case.</p>"))
    }
    run.deliver()
    var body = CasePage.said(run)
    guard !desk.current.isLocked, let world = try? desk.current.world() else {
      return Frame.page(
        "Game master", run, hasRange: false,
        body + CasePage.section("locked", "Sealed", "<p>The server needs the passphrase of this interview: start it with <code>PLUMB_PASSPHRASE</code>.</p>")
          + transcript(desk))
    }
    if desk.current.isOpen { body += controls(desk, world) }
    body += score(desk)
    body += transcript(desk)
    body += CasePage.section("sheet", "Answer sheet", "<details><summary>Show</summary><pre tabindex=\"0\">\(Markup.escaped(world.answerSheet))</pre></details>")
    return Frame.page("Game master", run, hasRange: false, body)
  }

  private static func controls(_ desk: CaseDesk, _ world: CaseWorld) -> String {
    let came = Set(desk.current.route.filter { $0.kind == .event }.map(\.text))
    let names: [Interjection.Kind: String] = [.question: "Ask a question", .lead: "Give a wrong lead", .fault: "Let a second fault happen"]
    var content = "<ul>"
    for kind in Interjection.Kind.allCases {
      let one = world.interjection(kind)
      let action = came.contains(one.text) ? "<b>came</b>" : CasePage.button("/game/interject", names[kind] ?? kind.rawValue, [("text", kind.rawValue)])
      content += "<li>\(action) \(Markup.escaped(one.text))</li>"
    }
    content += "</ul>" + field("/game/interject", "Say to the group", "Interject") + field("/game/note", "Note to yourself", "Keep")
    content += CasePage.button("/game/advance", "Let half an hour pass")
      + "<form method=\"post\" action=\"/game/close\" \(CasePage.formStyle)><button>Close the case</button> <label><input type=\"checkbox\" required> for good</label></form>"
    if let left = desk.timeLeft { content += "<p>Time: \(Markup.escaped(left))</p>" }
    return CasePage.section("controls", "Controls", content)
  }

  private static func field(_ path: String, _ label: String, _ button: String) -> String {
    "<form method=\"post\" action=\"\(path)\" \(CasePage.formStyle)><label>\(label) <input name=\"text\" required maxlength=\"1000\" size=\"60\"></label> <button>\(button)</button></form>"
  }

  private static func score(_ desk: CaseDesk) -> String {
    guard let (_, sheet) = try? desk.current.report(desk.workspace.session()) else {
      return CasePage.section("score", "Score so far", "<p class=\"error\">The score cannot be computed.</p>")
    }
    let rows = (sheet.facts + sheet.route).map { line in
      "<tr><th scope=\"row\">\(Markup.escaped(line.name))</th><td class=\"number\">\(Shown.count((line.points * 10).rounded() / 10)) of \(Shown.count((line.most * 10).rounded() / 10))</td>"
        + "<td>\(Markup.escaped(line.reason))</td></tr>\n"
    }
    let heads = ["line", "points", "why"].map { "<th scope=\"col\">\($0)</th>" }.joined()
    return CasePage.section(
      "score", "Score so far: \(sheet.points) of 100",
      "<div class=\"scroll\" tabindex=\"0\"><table><thead><tr>\(heads)</tr></thead><tbody>\n\(rows.joined())</tbody></table></div>"
        + "<p>\(Markup.link("/game/report", "The whole report")) · \(Markup.link("/game/debrief", "Three questions for the debrief"))</p>")
  }

  private static func transcript(_ desk: CaseDesk) -> String {
    let route = desk.current.route
    var items = ""
    for (place, entry) in route.enumerated().reversed().prefix(100) {
      items += "<li><span class=\"quiet\">\(Markup.escaped(entry.heading(place + 1, after: place > 0 ? route[place - 1] : nil)))</span><pre tabindex=\"0\">\(Markup.escaped(entry.text))</pre></li>"
    }
    let more = route.count > 100 ? "<p class=\"quiet\">and \(route.count - 100) earlier entries</p>" : ""
    return CasePage.section("transcript", "Transcript, the last first", items.isEmpty ? "<p class=\"quiet\">Nothing yet.</p>" : "<ul style=\"list-style:none;padding:0\">\(items)</ul>\(more)")
  }
}
