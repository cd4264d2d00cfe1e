import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation

/// The contents of `.report`: the session so far.
struct SessionReport {
  private var report = Report()

  mutating func add(query: String, answers: [Answer], milliseconds: Double) throws {
    let rows = answers.reduce(0) { $0 + $1.rowCount }
    try report.add(
      query: query, answers: answers,
      summary: "\(counted(rows, "row")) in \(Machine.durationText(milliseconds: milliseconds))", presenters: Presenter.ofTelemetry)
  }

  mutating func add(query: String, error: String) { report.add(query: query, error: error) }

  mutating func add(note: String) { report.add(note: note) }

  /// - Parameter about: what the session was about.
  func write(to path: String, about: String, choice: Report.Choice, namedBy origin: Destination.Origin) throws {
    let text: String
    let format = Formats.ofFile(named: path)
    if format == .page {
      text = report.html(title: "Plumb session", about: about, choice: choice)
    } else if format == .markdown {
      text = report.markdown(title: "Plumb session", about: about, choice: choice)
    } else {
      throw Diagnostic("unknown-format", "a report can be written as .html or .md, not as `\(VisibleText.string(path))`")
    }
    let destination = try Destination(path: path, namedBy: origin)
    destination.sink.buffer.append(text)
    do {
      try destination.commit()
    } catch {
      destination.discard()
      throw error
    }
  }
}
