import PlumbEngine
import PlumbPresentation

/// The score sheet, the route and three questions about it, as one page.
package struct CaseReport: Sendable {
  private let world: CaseWorld
  private let entries: [RouteEntry]
  private let sheet: ScoreSheet
  private let answer: String
  private let debrief: Debrief
  /// The interviewer's own remarks.
  private let notes: [RouteEntry]
  /// When the time was over; nil without a timer.
  private let deadline: Int64?

  package init(_ world: CaseWorld, _ entries: [RouteEntry], _ sheet: ScoreSheet, notes: [RouteEntry] = [], deadline: Int64? = nil) {
    self.world = world
    self.entries = entries
    self.sheet = sheet
    self.notes = notes
    self.deadline = deadline
    debrief = Debrief(world, entries, sheet)
    answer = entries.last { $0.kind == .answer }.map { CaseReport.short($0.text) } ?? "no answer"
  }

  // MARK: Parts

  /// An answer without a long list of affected pipelines.
  private static func short(_ text: String) -> String {
    text.split(separator: " ").map { part in
      let names = part.split(separator: ",")
      return part.hasPrefix("blast=") && names.count > 3 ? "blast=\(names.count) pipelines" : String(part)
    }.joined(separator: " ")
  }

  private var title: String { "\(world.about.title): \(sheet.points) of 100 points" }

  private var truth: String {
    let parts = world.plan.culprits.map { culprit in
      var text = "\(culprit.pipeline): \(culprit.cause)"
      if let began = culprit.began { text += ", since \(CaseReport.time(world.ticks(began)))" }
      return text
    }
    return parts.joined(separator: "; ")
  }

  static func time(_ ticks: Int64) -> String {
    var out = ByteBuffer()
    DateTime.printShort(ticks / 10_000_000 * 10_000_000, to: &out)
    return out.string
  }

  private func points(_ line: ScoreSheet.Line) -> String {
    "\(CaseReport.tenths(line.points)) / \(CaseReport.tenths(line.most))"
  }

  private static func tenths(_ number: Double) -> String {
    let tenths = Int((number * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }

  private func citation(_ line: ScoreSheet.Line) -> String {
    line.entries.isEmpty ? "" : " [\(line.entries.map(String.init).joined(separator: ", "))]"
  }

  /// What was good and what was missing, in sentences.
  private var summary: String {
    let lines = sheet.facts + sheet.route
    let good = lines.filter { $0.points >= 0.8 * $0.most }.map(\.name)
    let missing = lines.filter { $0.points < 0.4 * $0.most }.map(\.name)
    var text = good.isEmpty ? "Nothing earned its full points." : "Points were earned for \(CaseReport.list(good))."
    if !missing.isEmpty { text += " Missing were \(CaseReport.list(missing))." }
    if sheet.price > 0 { text += " Hints cost \(sheet.price) points." }
    if let deadline, let last = entries.last(where: { $0.kind == .answer }), case let minutes = (last.at - deadline + 599_999_999) / 600_000_000, minutes > 0 {
      text += " The answer came \(minutes) \(minutes == 1 ? "minute" : "minutes") after the time."
    }
    return text
  }

  private static func list(_ words: [String]) -> String {
    words.count < 2 ? words.joined() : words.dropLast().joined(separator: ", ") + " and " + (words.last ?? "")
  }

  private var tables: [(String, [ScoreSheet.Line])] { [("Facts", sheet.facts), ("Route", sheet.route)] }

  // MARK: Texts

  /// The page in Markdown.
  package func markdown(withTranscript: Bool = true) -> String {
    var text = "# \(title)\n\n\(summary)\n\n"
    text += "Case `\(world.about.id)`, seed \(world.seed). Answer: `\(answer)`. What happened: \(truth).\n\n"
    for (name, lines) in tables {
      text += "## \(name)\n\n| | Points | Why |\n|---|--:|---|\n"
      for line in lines { text += "| \(line.name) | \(points(line)) | \(line.reason)\(citation(line)) |\n" }
      text += "\n"
    }
    text += assistance.isEmpty ? "" : "## What was asked of the assistant\n\n" + assistance.map { "- \($0)\n" }.joined() + "\n"
    text += "## Questions\n\n"
    for (i, question) in debrief.questions.enumerated() { text += "\(i + 1). \(question.text)\n" }
    if !world.plan.decoys.isEmpty {
      text += "\n## What was not the cause\n\n"
      for decoy in world.plan.decoys { text += "- \(decoy)\n" }
    }
    if !notes.isEmpty { text += "\n## The interviewer's notes\n\n" + notes.map { "- \(CaseReport.time($0.at)) \($0.text)\n" }.joined() }
    return withTranscript ? text + "\n" + CaseReport.transcript(entries) : text
  }

  /// The route with times, as it can be read while the case is open.
  package static func transcript(_ entries: [RouteEntry]) -> String {
    var text = "## Transcript\n\n"
    for (i, entry) in entries.enumerated() {
      text += "\(entry.heading(i + 1, after: i > 0 ? entries[i - 1] : nil))\n\n"
      let fence = entry.text.contains("```") ? "````" : "```"
      text += "   \(fence)\n" + entry.text.split(separator: "\n", omittingEmptySubsequences: false).map { "   \($0)\n" }.joined() + "   \(fence)\n\n"
    }
    return text
  }

  /// The agent's questions, and whether a query by hand followed that names what the answer names.
  private var assistance: [String] {
    entries.enumerated().filter { $0.element.kind == .query && $0.element.isAgents }.map { place, entry in
      let text = entry.text.split(whereSeparator: \.isNewline).joined(separator: " ")
      let outcome = entry.error.map { "failed: \($0)" } ?? "\(entry.rows ?? 0) rows"
      return "entry \(place + 1), \(entry.tool ?? "query"): \(text.count > 120 ? "\(text.prefix(117))..." : text) (\(outcome))"
    }
  }

  /// The three questions with what to listen for and the queries that they are about, in Markdown.
  package func debriefMarkdown() -> String {
    var text = "# Debrief: \(world.about.title)\n\nAnswer: `\(answer)`. What happened: \(truth).\n"
    for (i, question) in debrief.questions.enumerated() {
      text += "\n## \(i + 1). \(question.text)\n\nListen for: \(question.listenFor)\n"
      for number in question.entries where entries.indices.contains(number - 1) {
        text += "\n\(entries[number - 1].heading(number, after: nil))\n\n```\n\(entries[number - 1].text)\n```\n"
      }
    }
    return text
  }

  /// The same as a page.
  package func debriefHTML() -> String {
    var body = "<h1>Debrief: \(MarkupText.escaped(world.about.title))</h1>\n"
    body += "<p class=\"soft\">Answer: \(MarkupText.escaped(answer)).<br>What happened: \(MarkupText.escaped(truth)).</p>\n"
    for (i, question) in debrief.questions.enumerated() {
      body += "<h2>\(i + 1). \(MarkupText.escaped(question.text))</h2><p><b>Listen for:</b> \(CaseReport.marked(question.listenFor))</p>\n"
      for number in question.entries where entries.indices.contains(number - 1) { body += entry(number) }
    }
    return CaseReport.page("Debrief: \(world.about.title)", body)
  }

  private func entry(_ number: Int) -> String {
    let entry = entries[number - 1]
    let head = entry.heading(number, after: number > 1 ? entries[number - 2] : nil)
    return "<p id=\"e\(number)\" class=\"soft\">\(MarkupText.escaped(head))</p><pre tabindex=\"0\">\(MarkupText.escaped(entry.text))</pre>\n"
  }

  /// The page as HTML, which loads nothing and follows the system's light or dark theme.
  package func html() -> String {
    var text = """
      <h1>\(MarkupText.escaped(title))</h1>
      <p>\(MarkupText.escaped(summary))</p>
      <p class="soft">Case \(MarkupText.escaped(world.about.id)), seed \(world.seed). Answer: \(MarkupText.escaped(answer)).<br>What happened: \(MarkupText.escaped(truth)).</p>

      """
    for (name, lines) in tables {
      text += "<h2>\(name)</h2><table>\n<thead><tr><th scope=\"col\">Line</th><th scope=\"col\">Points</th><th scope=\"col\">Why</th></tr></thead><tbody>\n"
      for line in lines {
        let tone = line.points >= 0.8 * line.most ? "full" : line.points < 0.4 * line.most ? "low" : ""
        let cited = line.entries.map { "<a href=\"#e\($0)\">\($0)</a>" }.joined(separator: ", ")
        text += "<tr><th scope=\"row\">\(MarkupText.escaped(line.name))</th><td class=\"points \(tone)\">\(points(line))</td>"
        text += "<td>\(CaseReport.marked(line.reason))\(cited.isEmpty ? "" : " [\(cited)]")</td></tr>\n"
      }
      text += "</tbody></table>\n"
    }
    text += CaseReport.section("What was asked of the assistant", assistance)
    text += "<h2>Questions</h2><ol>" + debrief.questions.map { "<li>\(MarkupText.escaped($0.text))</li>" }.joined() + "</ol>\n"
    text += CaseReport.section("What was not the cause", world.plan.decoys)
    text += CaseReport.section("The interviewer’s notes", notes.map { "\(CaseReport.time($0.at)) \($0.text)" })
    text += "<h2>Transcript</h2>\n" + entries.indices.map { entry($0 + 1) }.joined()
    return CaseReport.page(title, text)
  }

  /// A text with what is between back-ticks as code.
  private static func marked(_ text: String) -> String {
    MarkupText.escaped(text).split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .map { $0.offset % 2 == 1 ? "<code>\($0.element)</code>" : String($0.element) }.joined()
  }

  private static func section(_ title: String, _ items: [String]) -> String {
    items.isEmpty ? "" : "<h2>\(title)</h2><ul>" + items.map { "<li>\(MarkupText.escaped($0))</li>" }.joined() + "</ul>\n"
  }

  private static func page(_ title: String, _ body: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(MarkupText.escaped(title))</title><link rel="icon" href="data:,">
    <style>
    :root { color-scheme: light dark; --text: #1f2328; --soft: #59636e; --line: #d1d9e0; --page: #ffffff; --fill: #f6f8fa; --full: #1a7f37; --low: #cf222e; }
    @media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #9198a1; --line: #3d444d; --page: #0d1117; --fill: #151b23; --full: #3fb950; --low: #ff7b72; } }
    body { font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page); max-width: 60rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
    h1 { line-height: 1.25; } table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; }
    td, th { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line); }
    thead th { color: var(--soft); font-weight: normal; } tbody th { width: 13rem; } td.points { white-space: nowrap; width: 6.5rem; }
    pre { background: var(--fill); border: 1px solid var(--line); border-radius: 6px; padding: .6rem; white-space: pre-wrap; } .soft { color: var(--soft); }
    .low { color: var(--low); } .full { color: var(--full); } a { color: inherit; }
    @media (max-width: 36rem) { body { margin: 1rem auto; } thead { display: none; } tr { display: grid; grid-template-columns: 1fr auto; border-bottom: 1px solid var(--line); padding: .4rem 0; }
      td, th { border: 0; padding: 0; width: auto; } tbody th, td.points { width: auto; } tr td:last-child { grid-column: 1 / -1; } }
    </style></head><body>
    \(body)</body></html>

    """
  }
}
