import PlumbEngine
import PlumbPresentation

/// The score sheet, the route and three questions about it, as one page.
package struct CaseReport: Sendable {
  private let world: CaseWorld
  private let entries: [RouteEntry]
  private let sheet: ScoreSheet
  private let answer: String

  package init(_ world: CaseWorld, _ entries: [RouteEntry], _ sheet: ScoreSheet) {
    self.world = world
    self.entries = entries
    self.sheet = sheet
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

  private static func time(_ ticks: Int64) -> String {
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
    return text
  }

  private static func list(_ words: [String]) -> String {
    words.count < 2 ? words.joined() : words.dropLast().joined(separator: ", ") + " and " + (words.last ?? "")
  }

  /// Questions for a talk, from what was done and left out.
  package var questions: [String] {
    var questions: [String] = []
    let culprits = Set(world.plan.culprits.map(\.pipeline) + [world.plan.symptom ?? ""])
    let suspects = world.map.pipelines.map(\.name).filter { name in
      !culprits.contains(name) && entries.contains { $0.kind == .query && $0.isSuccess && $0.text.contains(name) }
    }
    if let suspect = suspects.first, let place = entries.firstIndex(where: { $0.kind == .query && $0.isSuccess && $0.text.contains(suspect) }) {
      questions.append("At \(CaseReport.time(entries[place].at)) you looked at \(suspect) (query \(place + 1)). What made you rule it out, or not?")
    }
    let failed = entries.indices.filter { entries[$0].kind == .query && (entries[$0].rows == 0 || entries[$0].error != nil) }
    if let place = failed.first { questions.append("Query \(place + 1) returned nothing that helped. What did you expect of it?") }
    for line in sheet.route where line.points < 0.4 * line.most && questions.count < 3 {
      questions.append("Your route shows little of “\(line.name)”. How would you have done it, and what could it have changed?")
    }
    if let last = entries.lastIndex(where: { $0.kind == .query }), questions.count < 3 {
      questions.append("Which result convinced you, and what would have made you doubt it? Your last query was number \(last + 1).")
    }
    let general = ["Who would you have told first, and what?", "What would you change so that this is noticed earlier?", "Which figure would you watch for the next hour?"]
    return Array((questions + general).prefix(3))
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
    text += "## Questions\n\n"
    for (i, question) in questions.enumerated() { text += "\(i + 1). \(question)\n" }
    if !world.plan.decoys.isEmpty {
      text += "\n## What was not the cause\n\n"
      for decoy in world.plan.decoys { text += "- \(decoy)\n" }
    }
    return withTranscript ? text + "\n" + CaseReport.transcript(entries) : text
  }

  /// The route with times, as it can be read while the case is open.
  package static func transcript(_ entries: [RouteEntry]) -> String {
    var text = "## Transcript\n\n"
    for (i, entry) in entries.enumerated() {
      var head = "\(i + 1). \(time(entry.at)) \(entry.kind.rawValue)"
      if entry.via != "shell" { head += " (\(entry.via))" }
      if entry.isPasted { head += " (pasted)" }
      if let rows = entry.rows { head += ", \(rows) \(rows == 1 ? "row" : "rows")" }
      if let error = entry.error { head += ", failed: \(error)" }
      text += "\(head)\n\n"
      let fence = entry.text.contains("```") ? "````" : "```"
      text += "   \(fence)\n" + entry.text.split(separator: "\n", omittingEmptySubsequences: false).map { "   \($0)\n" }.joined() + "   \(fence)\n\n"
    }
    return text
  }

  /// The page as HTML, which loads nothing and follows the system's light or dark theme.
  package func html() -> String {
    var text = """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(MarkupText.escaped(title))</title>
      <style>
      :root { color-scheme: light dark; --text: #1f2328; --soft: #59636e; --line: #d1d9e0; --page: #ffffff; --fill: #f6f8fa; --bar: #1a7f37; --low: #cf222e; }
      @media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #9198a1; --line: #3d444d; --page: #0d1117; --fill: #151b23; --bar: #3fb950; --low: #f85149; } }
      body { font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page); max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
      table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; } td, th { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line); }
      td.points { white-space: nowrap; width: 9rem; } meter { width: 100%; }
      pre { background: var(--fill); border: 1px solid var(--line); border-radius: 6px; padding: .6rem; overflow-x: auto; } .soft { color: var(--soft); }
      .low { color: var(--low); } .full { color: var(--bar); } a { color: inherit; }
      </style></head><body>
      <h1>\(MarkupText.escaped(title))</h1>
      <p>\(MarkupText.escaped(summary))</p>
      <p class="soft">Case \(MarkupText.escaped(world.about.id)), seed \(world.seed). Answer: \(MarkupText.escaped(answer)).<br>What happened: \(MarkupText.escaped(truth)).</p>

      """
    for (name, lines) in tables {
      text += "<h2>\(name)</h2><table>"
      for line in lines {
        let tone = line.points >= 0.8 * line.most ? "full" : line.points < 0.4 * line.most ? "low" : ""
        let cited = line.entries.map { "<a href=\"#e\($0)\">\($0)</a>" }.joined(separator: ", ")
        text += "<tr><th scope=\"row\">\(MarkupText.escaped(line.name))</th><td class=\"points \(tone)\">\(points(line))</td>"
        text += "<td>\(MarkupText.escaped(line.reason))\(cited.isEmpty ? "" : " [\(cited)]")</td></tr>\n"
      }
      text += "</table>\n"
    }
    text += "<h2>Questions</h2><ol>" + questions.map { "<li>\(MarkupText.escaped($0))</li>" }.joined() + "</ol>\n"
    if !world.plan.decoys.isEmpty {
      text += "<h2>What was not the cause</h2><ul>" + world.plan.decoys.map { "<li>\(MarkupText.escaped($0))</li>" }.joined() + "</ul>\n"
    }
    text += "<h2>Transcript</h2>\n"
    for (i, entry) in entries.enumerated() {
      var head = "\(i + 1). \(CaseReport.time(entry.at)) \(entry.kind.rawValue)"
      if entry.via != "shell" { head += " (\(entry.via))" }
      if entry.isPasted { head += " (pasted)" }
      if let rows = entry.rows { head += ", \(rows) \(rows == 1 ? "row" : "rows")" }
      if let error = entry.error { head += ", failed: \(error)" }
      text += "<p id=\"e\(i + 1)\" class=\"soft\">\(MarkupText.escaped(head))</p><pre>\(MarkupText.escaped(entry.text))</pre>\n"
    }
    return text + "</body></html>\n"
  }
}
