import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation

/// What `.report` writes: the session so far.
struct SessionReport {
  private var report = Report()

  mutating func add(query: String, answers: [Answer], milliseconds: Double) throws {
    let rows = answers.reduce(0) { $0 + $1.rowCount }
    try report.add(
      query: query, answers: answers,
      summary: "\(rows) row\(rows == 1 ? "" : "s") in \(Machine.durationText(milliseconds: milliseconds))")
  }

  mutating func add(query: String, error: String) { report.add(query: query, error: error) }

  mutating func add(note: String) { report.add(note: note) }

  func write(to path: String) throws {
    let text: String
    let format = Formats.ofFile(named: path)
    if format == .page {
      text = report.html(title: "Plumb session")
    } else if format == .markdown {
      text = report.markdown(title: "Plumb session")
    } else {
      throw Diagnostic("unknown-format", "a report is written as .html or .md, not as `\(VisibleText.string(path))`")
    }
    let destination = try Destination(path: path)
    destination.sink.buffer.append(text)
    do {
      try destination.commit()
    } catch {
      destination.discard()
      throw error
    }
  }
}

extension DotCommand {
  static let report = DotCommand(
    name: ".report", usage: ".report FILE.html or FILE.md",
    summary: "Writes the session as one page: queries, results, charts and notes.", examples: [".report incident.html"],
    reachesOut: true,
    text: { path, shell in
      if path.isEmpty { throw usage(".report", "`.report` needs a file") }
      let path = Paths.typed(path)
      try shell.report.write(to: path)
      Console.say("the session is in \(VisibleText.string(path))")
    })

  static let note = DotCommand(
    name: ".note", usage: ".note TEXT", summary: "Keeps a remark for the report.",
    examples: [".note The vendor was down from 02:00 to 03:10."],
    text: { text, shell in
      if text.isEmpty { throw usage(".note", "`.note` needs a text") }
      shell.report.add(note: text)
    })
}
