import PlumbCases
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine

/// What an investigator and an interviewer can do with a case, for the shell's commands, `plumb case` and the server's pages.
package struct CaseDesk {
  package let workspace: Workspace
  package let current: CaseFile
  /// Where somebody acts: `shell`, `script` or `server`.
  package let via: String

  /// - Throws: a diagnostic if the workspace has no case.
  package init(_ workspace: Workspace, via: String) throws {
    guard let current = workspace.openCase else {
      throw Diagnostic("no-case", "no case is open here", help: "start one with `plumb case start critical-feed`; `plumb case list` shows all")
    }
    self.workspace = workspace
    self.current = current
    self.via = via
  }

  // MARK: Reading

  package static var list: String {
    let width = Case.all.map(\.id.count).max() ?? 0
    let lines = Case.all.map { about in
      about.id + String(repeating: " ", count: width + 2 - about.id.count) + about.level.rawValue
        + String(repeating: " ", count: 8 - about.level.rawValue.count) + about.title
    }
    return lines.joined(separator: "\n") + "\n\nStart one with `plumb case start \(Case.all[0].id) --seed 42`; another seed makes another culprit, time and decoys."
  }

  package func brief() throws -> String {
    """
    Case \(current.about.id), seed \(current.seed): \(current.about.title)

    \(current.brief)

    It is \(Self.time(current.clock)) there. Investigate with queries; .hint helps (and costs points), .answer \(CaseAnswer.usage) \
    answers, .case report closes the case and shows the score.
    """
  }

  package static func time(_ ticks: Int64) -> String {
    var out = ByteBuffer()
    DateTime.printShort(ticks / 10_000_000 * 10_000_000, to: &out)
    return out.string
  }

  package func status() throws -> String {
    let route = current.route
    let queries = route.count { $0.kind == .query }
    let prices = current.about.hints.prefix(current.hintCount).reduce(0) { $0 + $1.price }
    var lines = [
      "case        \(current.about.id), seed \(current.seed), \(current.settings.difficulty.rawValue)\(current.isInterview ? ", interview" : "")"
        + (current.settings.isAssisted ? ", with an assistant" : ""),
      "state       \(current.isOpen ? "open" : "closed")", "clock       \(Self.time(current.clock))", "queries     \(queries)",
      "hints       \(current.hintCount) of \(current.about.hints.count)\(prices > 0 ? ", which cost \(prices) points" : "")",
    ]
    if let left = timeLeft { lines.append("time        \(left)") }
    let events = route.count { $0.kind == .event }
    if events > 0 { lines.append("interjected \(events)") }
    if let answer = route.last(where: { $0.kind == .answer }) { lines.append("answer      \(answer.text)") }
    for entry in route where entry.kind == .mitigation { lines.append("mitigated   \(entry.text), at \(Self.time(entry.clock))") }
    return lines.joined(separator: "\n")
  }

  /// What is left of the time, in words; nil without a timer.
  package var timeLeft: String? {
    guard let deadline = current.deadline else { return nil }
    let minutes = (deadline - Machine.now) / 600_000_000
    if minutes >= 1 { return "\(minutes) \(minutes == 1 ? "minute" : "minutes") left" }
    return deadline > Machine.now ? "less than a minute left" : "over since \(max(1, -minutes)) \(minutes >= -1 ? "minute" : "minutes")"
  }

  // MARK: Acting

  private func checkOpen() throws {
    if !current.isOpen { throw Diagnostic("case-closed", "the case is closed", help: "`plumb case start \(current.about.id) --seed \(current.seed &+ 1)` starts another") }
  }

  package func hint() throws -> String {
    try checkOpen()
    let count = current.hintCount
    guard current.about.hints.indices.contains(count) else { return "There are no more hints; `.answer` with what you think, even if it is only the pipeline." }
    let hint = current.about.hints[count]
    let text = hint.text(try current.world().plan)
    try current.add(.hint, "hint \(count + 1)", via: via)
    let next = current.about.hints.indices.contains(count + 1) ? " The next one costs \(current.about.hints[count + 1].price)." : ""
    return "\(text)\n\n(This hint costs \(hint.price) points.\(next))"
  }

  package func answer(_ text: String) throws -> String {
    try checkOpen()
    let names = try pipelineNames()
    let answer = try CaseAnswer(text, pipelines: names, clock: current.clock) { query in
      try workspace.session().run(query).last.map { $0.firstTexts } ?? []
    }
    try current.add(.answer, answer.stored, via: via)
    if current.isInterview { return "Your answer is recorded. It can be changed until the interviewer closes the case." }
    guard let verdict = try current.verdict(workspace.session()) else { return "" }
    var parts: [String] = []
    if verdict.isSolved {
      parts.append("Right: pipeline and cause.")
    } else {
      parts.append(
        verdict.pipelines.right == verdict.pipelines.of ? "The pipeline is right; the cause is another."
          : verdict.pipelines.right > 0 ? "\(verdict.pipelines.right) of \(verdict.pipelines.of) pipelines are right." : "Not this pipeline.")
    }
    if let isSinceRight = verdict.isSinceRight { parts.append(isSinceRight ? "The start is right." : "The start is off.") }
    parts.append("`.answer` again if you change your mind; `.case report` closes the case.")
    return parts.joined(separator: " ")
  }

  private func pipelineNames() throws -> [String] {
    try workspace.session().run("pipelines | project name").last?.firstTexts ?? []
  }

  package func mitigate(_ text: String) throws -> String {
    try current.mitigate(text, via: via)
    return "Done: \(text). `.advance 1h` shows what follows."
  }

  package func replay() throws -> String {
    if current.isInterview && current.isOpen { throw Diagnostic("case-open", "the expert's route is shown after the interview") }
    guard current.route.contains(where: { $0.kind == .answer }) || !current.isOpen else {
      throw Diagnostic("case-open", "the expert's route is shown after an answer", help: "`.hint` helps before")
    }
    let plan = try current.world().plan
    var text = "How an expert would go:\n"
    for (i, step) in current.about.route(plan).enumerated() { text += "\n\(i + 1). \(step.why)\n\n\(step.query)\n" }
    return text
  }

  // MARK: The interviewer

  /// - Throws: a diagnostic if the passphrase of an interview is missing.
  private func checkInterviewer() throws { if current.isInterview { _ = try current.world() } }

  /// Interrupts the investigator with an interjection of the case (`question`, `lead`, `fault`) or a text of one's own.
  package func interject(_ text: String) throws -> String {
    try checkOpen()
    try checkInterviewer()
    if let kind = Interjection.Kind(rawValue: text) {
      try current.interject(kind, via: "interviewer")
      return "Interjected: \(try current.world().interjection(kind).text)"
    }
    guard text.count > 8 else {
      throw Diagnostic("usage", "`\(text)` is too short to be understood", help: "write question, lead, fault, or a sentence of your own")
    }
    try current.interject(text, via: "interviewer")
    return "Interjected: \(text)"
  }

  /// Keeps a remark: of a learner in the route, of an interviewer sealed.
  package func note(_ text: String) throws -> String {
    if current.isInterview, !current.isLocked {
      try current.addSealedNote(text)
      return "Noted; only the passphrase opens it."
    }
    try checkOpen()
    try current.add(.note, text, via: via)
    return "Noted."
  }

  /// The route with its times, while the case is open or after.
  package func transcript() -> String { CaseReport.transcript(current.route) }

  /// Three questions for the talk after the investigation.
  ///
  /// - Parameter path: where to, ending in .md or .html; nil to return them.
  package func debrief(to path: String?) throws -> String {
    if current.isInterview { try checkInterviewer() } else if current.isOpen {
      throw Diagnostic("case-open", "the debrief tells what happened, so it follows the report", help: "`plumb case report` closes the case")
    }
    let page = try current.report(workspace.session()).page
    guard let path else { return page.debriefMarkdown() }
    try Self.write(Self.isPage(path) ? page.debriefHTML() : page.debriefMarkdown(), to: path)
    return "The debrief is in \(path)."
  }

  // MARK: Files

  /// - Throws: a diagnostic if the name says neither Markdown nor HTML.
  private static func isPage(_ path: String) throws -> Bool {
    if path.hasSuffix(".html") || path.hasSuffix(".htm") { return true }
    if path.hasSuffix(".md") { return false }
    throw Diagnostic("unknown-format", "the file must end in .html or .md, not be called `\(VisibleText.string(path))`")
  }

  package static func write(_ text: String, to path: String) throws {
    let destination = try Destination(path: path, namedBy: .user)
    destination.sink.buffer.append(text)
    do { try destination.commit() } catch {
      destination.discard()
      throw error
    }
  }

  /// Closes the case and writes the report.
  ///
  /// - Parameter path: where to, ending in .md or .html; nil to return it.
  package func report(to path: String?) throws -> String {
    try checkInterviewer()
    if current.isInterview, current.isOpen, via == "shell" {
      // The candidate's shell knows the passphrase, for interjections; the candidate does not.
      throw Diagnostic("case-open", "the interviewer closes this case", help: "`plumb case report` with the passphrase does so, from another terminal")
    }
    let (page, sheet) = try current.report(workspace.session())
    guard let path else {
      try current.close()
      return page.markdown(withTranscript: false)
    }
    try Self.write(Self.isPage(path) ? page.html() : page.markdown(), to: path)
    try current.close()
    return "\(sheet.points) of 100 points; the report is in \(path). The case is closed: the table `incidents` has the truth."
  }
}

extension Answer {
  /// The texts of its first column of strings.
  fileprivate var firstTexts: [String] {
    guard let column = schema.firstIndex(where: { $0.type == .string }) else { return [] }
    var texts: [String] = []
    for chunk in chunks {
      let vector = chunk.vectors()[column]
      for row in 0..<chunk.count { texts.append(String(vector.cellBytes(at: row))) }
    }
    return texts
  }
}
