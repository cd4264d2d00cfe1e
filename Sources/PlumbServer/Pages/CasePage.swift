import PlumbCases
import PlumbEngine
import PlumbKit

/// `/case`: the brief of the workspace's case, what interrupted, hints, and the answer, for the group that investigates it.
enum CasePage {
  static func html(_ run: PageRun) -> String {
    guard let desk = try? CaseDesk(run.service.workspace, via: "server") else {
      return Frame.page(
        "Case", run, hasRange: false,
        "<section class=\"panel wide\" id=\"none\"><p>This workspace contains no case. <code>plumb case start critical-feed --into case.plumb</code> starts one.</p></section>")
    }
    run.deliver()
    let route = desk.current.route
    var body = said(run)
    body += section("brief", "Brief", paragraphs(desk.current.brief) + "<p class=\"quiet\">\(status(desk, route))</p>")
    let events = route.filter { $0.kind == .event || $0.kind == .timer }
    if !events.isEmpty {
      body += section("events", "What came in between", "<ul>" + events.map { "<li>\(Markup.escaped($0.text))</li>" }.joined() + "</ul>")
    }
    guard desk.current.isOpen else { return Frame.page("Case", run, hasRange: false, body) }
    body += section("answer", "Answer", answerForm(route) + button("/case/hint", "Take the next hint (\(desk.current.hintCount) taken; each costs points)"))
    body += section(
      "note", "Reply or remark",
      "<form method=\"post\" action=\"/case/note\" \(formStyle)><label>text <input name=\"text\" required maxlength=\"1000\" size=\"60\"></label> <button>Add</button></form>")
    return Frame.page("Case", run, hasRange: false, body)
  }

  static func section(_ id: String, _ title: String, _ content: String) -> String {
    "<section class=\"panel wide\" id=\"\(id)\" aria-labelledby=\"\(id)-title\"><h2 id=\"\(id)-title\">\(Markup.escaped(title))</h2>\n\(content)\n</section>\n"
  }

  static func button(_ path: String, _ text: String, _ fields: [(String, String)] = []) -> String {
    let hidden = fields.map { "<input type=\"hidden\" name=\"\(Markup.escaped($0.0))\" value=\"\(Markup.escaped($0.1))\">" }.joined()
    return "<form method=\"post\" action=\"\(path)\" \(formStyle)>\(hidden)<button>\(Markup.escaped(text))</button></form>"
  }

  static let formStyle = "style=\"margin:.5em 0\""

  private static func paragraphs(_ text: String) -> String {
    var paragraphs: [String] = [""]
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.isEmpty { paragraphs.append("") } else { paragraphs[paragraphs.count - 1] += (paragraphs.last == "" ? "" : " ") + line }
    }
    return paragraphs.filter { !$0.isEmpty }.map { "<p>\(Markup.escaped($0))</p>" }.joined()
  }

  /// What a form that was sent before has done.
  static func said(_ run: PageRun) -> String {
    let text = run.parameter("said"), problem = run.parameter("problem")
    return (text.isEmpty ? "" : "<pre id=\"said\" style=\"white-space:pre-wrap\" role=\"status\">\(Markup.escaped(text))</pre>\n")
      + (problem.isEmpty ? "" : "<pre id=\"problem\" class=\"error\" role=\"alert\">\(Markup.escaped(problem))</pre>\n")
  }

  private static func status(_ desk: CaseDesk, _ route: [RouteEntry]) -> String {
    var parts = ["It is \(DateTime.text(desk.current.clock).prefix(16).map { $0 == "T" ? " " : String($0) }.joined()) there"]
    let count = route.count { $0.kind == .query }
    parts.append(count == 1 ? "1 query was recorded" : "\(count) queries were recorded")
    if let left = desk.timeLeft { parts.append("time: \(left)") }
    if let answer = route.last(where: { $0.kind == .answer }) { parts.append("last answer: \(answer.text)") }
    if !desk.current.isOpen { parts.append("the case is closed") }
    return Markup.escaped(parts.joined(separator: " · "))
  }

  private static func answerForm(_ route: [RouteEntry]) -> String {
    let causes = CaseCause.all.map { "<option>\(Markup.escaped($0))</option>" }.joined()
    return """
      <form method="post" action="/case/answer" \(formStyle)>
      <p><label>pipeline <input name="pipeline" required maxlength="400" placeholder="name, or a,b"></label>
      <label>cause <input name="cause" required maxlength="200" list="causes"></label><datalist id="causes">\(causes)</datalist>
      <label>since <input name="since" maxlength="40" placeholder="14:05"></label>
      <label>affected <input name="blast" maxlength="8000" placeholder="(lineage downstream of name)"></label>
      <button>Answer</button></p></form>
      """
  }

  /// The answer that the form describes, as `.answer` takes it.
  static func answer(_ form: [String: String]) -> String {
    ["pipeline", "cause", "since", "blast"].compactMap { key in
      let value = (form[key] ?? "").trimmingCharacters
      return value.isEmpty ? nil : "\(key)=\(value)"
    }.joined(separator: " ")
  }
}

extension PageRun {
  /// Delivers interjections whose moment has come.
  func deliver() {
    guard let current = service.workspace.openCase else { return }
    try? current.refresh()
    if (try? current.interjectWhatIsDue()) == true, let store = service.workspace.store { try? store.refresh(service.workspace.catalog) }
  }
}
