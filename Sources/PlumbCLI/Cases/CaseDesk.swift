import Glibc
import PlumbCases
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit

/// What an investigator can do with an open case, for the shell's commands and for `plumb case`.
struct CaseDesk {
  let workspace: Workspace
  let current: CaseFile
  /// Where the investigator acts: `shell` or `script`.
  let via: String

  /// - Throws: a diagnostic if the workspace has no case.
  init(_ workspace: Workspace, via: String) throws {
    guard let current = workspace.openCase else {
      throw Diagnostic("no-case", "no case is open here", help: "start one with `plumb case start critical-feed`; `plumb case list` shows all")
    }
    self.workspace = workspace
    self.current = current
    self.via = via
  }

  // MARK: Reading

  static var list: String {
    let width = Case.all.map(\.id.count).max() ?? 0
    let lines = Case.all.map { about in
      about.id + String(repeating: " ", count: width + 2 - about.id.count) + about.level.rawValue
        + String(repeating: " ", count: 8 - about.level.rawValue.count) + about.title
    }
    return lines.joined(separator: "\n") + "\n\nStart one with `plumb case start \(Case.all[0].id) --seed 42`; another seed makes another culprit, time and decoys."
  }

  func brief() throws -> String {
    """
    Case \(current.about.id), seed \(current.seed): \(current.about.title)

    \(current.brief)

    It is \(Self.time(current.clock)) there. Investigate with queries; .hint helps (and costs points), .answer \(CaseAnswer.usage) \
    answers, .case report closes the case and shows the score.
    """
  }

  static func time(_ ticks: Int64) -> String {
    var out = ByteBuffer()
    DateTime.printShort(ticks / 10_000_000 * 10_000_000, to: &out)
    return out.string
  }

  func status() throws -> String {
    let route = current.route
    let queries = route.count { $0.kind == .query }
    let prices = current.about.hints.prefix(current.hintCount).reduce(0) { $0 + $1.price }
    var lines = [
      "case        \(current.about.id), seed \(current.seed), \(current.difficulty.rawValue)\(current.isInterview ? ", interview" : "")",
      "state       \(current.isOpen ? "open" : "closed")", "clock       \(Self.time(current.clock))", "queries     \(queries)",
      "hints       \(current.hintCount) of \(current.about.hints.count)\(prices > 0 ? ", which cost \(prices) points" : "")",
    ]
    if let answer = route.last(where: { $0.kind == .answer }) { lines.append("answer      \(answer.text)") }
    for entry in route where entry.kind == .mitigation { lines.append("mitigated   \(entry.text), at \(Self.time(entry.clock))") }
    return lines.joined(separator: "\n")
  }

  // MARK: Acting

  private func checkOpen() throws {
    if !current.isOpen { throw Diagnostic("case-closed", "the case is closed", help: "`plumb case start \(current.about.id) --seed \(current.seed &+ 1)` starts another") }
  }

  func hint() throws -> String {
    try checkOpen()
    let count = current.hintCount
    guard current.about.hints.indices.contains(count) else { return "There are no more hints; `.answer` with what you think, even if it is only the pipeline." }
    let hint = current.about.hints[count]
    let text = hint.text(try current.world().plan)
    try current.add(.hint, "hint \(count + 1)", via: via)
    let next = current.about.hints.indices.contains(count + 1) ? " The next one costs \(current.about.hints[count + 1].price)." : ""
    return "\(text)\n\n(This hint costs \(hint.price) points.\(next))"
  }

  func answer(_ text: String) throws -> String {
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

  func mitigate(_ text: String) throws -> String {
    try current.mitigate(text, via: via)
    return "Done: \(text). `.advance 1h` shows what follows."
  }

  func replay() throws -> String {
    guard current.route.contains(where: { $0.kind == .answer }) || !current.isOpen else {
      throw Diagnostic("case-open", "the expert's route is shown after an answer", help: "`.hint` helps before")
    }
    if current.isInterview && current.isOpen { throw Diagnostic("case-open", "the expert's route is shown after the interview") }
    let plan = try current.world().plan
    var text = "How an expert would go:\n"
    for (i, step) in current.about.route(plan).enumerated() { text += "\n\(i + 1). \(step.why)\n\n\(step.query)\n" }
    return text
  }

  /// Closes the case and writes the report.
  ///
  /// - Parameter path: where to, ending in .md or .html; nil to return it.
  func report(to path: String?) throws -> String {
    if current.isInterview { _ = try current.world() }
    let sheet = try current.scoreSheet(workspace.session())
    let report = CaseReport(try current.world(), current.route, sheet)
    let isPage = path?.hasSuffix(".html") == true || path?.hasSuffix(".htm") == true
    if let path, !isPage, !path.hasSuffix(".md") {
      throw Diagnostic("unknown-format", "a report can be written as .html or .md, not as `\(VisibleText.string(path))`")
    }
    guard let path else {
      try current.close()
      return report.markdown(withTranscript: false)
    }
    let destination = try Destination(path: path, namedBy: .user)
    destination.sink.buffer.append(isPage ? report.html() : report.markdown())
    do { try destination.commit() } catch {
      destination.discard()
      throw error
    }
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
