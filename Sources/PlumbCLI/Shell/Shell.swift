import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation
import PlumbSyntax
import ReadlineShim

/// The conversation at a terminal: reads a query, runs it, shows its rows, and asks again.
final class Shell {
  private(set) var workspace: Workspace
  /// The workspace without a file, while that of a file is open.
  private var memory: Workspace?
  var settings: ShellSettings
  private(set) var log: QueryLog
  var report = SessionReport()
  var tour: Tour?
  let completion: Completion
  private var history = History()
  private var recent: RecentResults
  private var wantsToLeave = false
  /// The last query that was run or could not be.
  private(set) var lastQuery = ""
  /// How many files `.read` is inside of.
  private var readingDepth = 0

  init(workspace: Workspace, output: OutputOptions, isSafe: Bool = false) {
    self.workspace = workspace
    settings = ShellSettings(output, isSafe: isSafe)
    log = QueryLog(catalog: workspace.catalog, file: workspace.store?.file)
    recent = RecentResults(catalog: workspace.catalog)
    completion = Completion(workspace: workspace)
    if isSafe { makeSafe() }
  }

  /// Returns when the user leaves.
  func run() {
    Interrupts.shared.stayAlive()
    completion.install()
    LineColours.install()
    history.open(workspace.store?.file)
    greet()
    StartFile.run(in: self)
    completion.data.prepare()
    tour?.begin()
    var pending = ""
    while !wantsToLeave {
      completion.setPendingText(pending)
      let (line, status) = readLine(pending.isEmpty ? "plumb> " : "  ...> ")
      switch status {
      case PLUMB_LINE_INTERRUPTED:
        pending = ""
      case PLUMB_LINE_END:
        Console.writeOut("")
        leave()
      default:
        take(line, pending: &pending)
      }
    }
    history.close()
  }

  func leave() { wantsToLeave = true }

  /// Goes on in another workspace, with all that was chosen; results so far stay.
  func use(_ other: Workspace) {
    if workspace.store == nil { memory = workspace }
    workspace = other
    if other.store == nil { memory = nil }
    log = QueryLog(catalog: other.catalog, file: other.store?.file)
    recent.move(to: other.catalog)
    completion.use(other)
    history.open(other.store?.file)
  }

  /// Goes back to the workspace without a file; one is made if the shell began with a file.
  func useMemory() throws {
    if workspace.store != nil { use(try memory ?? Console.working { try workspace.opening(nil, $0) }) }
  }

  /// Changes a parameter that queries declare.
  func setParameter(_ name: String, to value: String) { workspace.sessionOptions.parameters[name] = value }

  /// From now on nothing beyond the workspace is touched.
  func makeSafe() {
    settings.isSafe = true
    settings.usesPager = false
    settings.output = nil
    settings.once = nil
    workspace.makeSafe()
    completion.isSafe = true
  }

  private func greet() {
    let names = workspace.catalog.tableNames
    let safe = settings.isSafe ? " This shell is safe: it touches no files and starts no programs." : ""
    Console.say("Plumb \(Plumb.version). End a query with Enter; .help tells more, Ctrl-D leaves.\(safe)")
    if let path = workspace.store?.file.path, let summary = try? workspace.summary() {
      Console.say("\(path): \(summary).")
    }
    if names.isEmpty {
      Console.say("There are no tables yet: .load name=path reads a file.")
    } else {
      Console.say("Tables: \(names.prefix(12).joined(separator: ", "))\(names.count > 12 ? ", ..." : "")")
    }
  }

  /// Ctrl-C at the prompt drops the line.
  private func readLine(_ prompt: String) -> (String, plumb_line_status) {
    var status = PLUMB_LINE_END
    let line = Interrupts.shared.handling(repeatable: true, { plumb_readline_interrupt() }) {
      plumb_readline(prompt, &status)
    }.result
    defer { free(line) }
    return (line.map { String(cString: $0) } ?? "", status)
  }

  /// A query that is whole on its first line runs at once; a longer one ends with an empty line or a `;`.
  private func take(_ line: String, pending: inout String) {
    let isBlank = line.allSatisfy(\.isWhitespace)
    if pending.isEmpty {
      if isBlank { return }
      let line = DotCommand.named(line, in: self) ?? line
      if line.drop(while: \.isWhitespace).hasPrefix("."), !DotCommand.isForDatabase(line) {
        history.add(line)
        history.keep(command: line)
        DotCommand.run(line, in: self)
        completion.data.forget()
        return
      }
    }
    let isFirst = pending.isEmpty
    // A first line that begins with a pipe goes on with the last result.
    let goesOn = isFirst && line.drop(while: \.isWhitespace).hasPrefix("|")
    pending += isFirst ? (goesOn ? "_ " + line : line) : "\n" + line
    let isEnded = isBlank || line.hasSuffix(";") && !parse(pending).isUnfinished
    guard isFirst ? !parse(pending).isUnfinished : isEnded else { return }
    var text = pending
    while text.last?.isWhitespace == true { text.removeLast() }
    pending = ""
    history.add(text)
    runQuery(text)
  }

  // MARK: Queries

  /// Runs a query that the user wrote elsewhere than on the line, which the arrow keys then bring back.
  func runTyped(_ text: String) {
    history.add(text)
    runQuery(text)
  }

  /// Shows a text of Plumb's own, through the pager where it is longer than the terminal.
  func page(_ text: String) throws {
    let stop = StopFlag()
    let output = PagedOutput(usesPager: settings.usesPager, stop: stop)
    try Interrupts.shared.handling(repeatable: true, { stop.set() }) {
      do {
        try (text.hasSuffix("\n") ? text : text + "\n").withUTF8Bytes { try output.write($0) }
        try output.finish()
      } catch is ByteSink.Closed {
        try? output.finish()
      }
    }
  }

  /// Runs and shows; every error is told and the shell goes on.
  ///
  /// - Parameters:
  ///   - file: the file that the text stands in, which mistakes name.
  ///   - line: the line of the file that it begins in, from 1.
  func runQuery(_ text: String, from file: String? = nil, line: Int = 1) {
    let isCommand = text.drop(while: \.isWhitespace).hasPrefix(".")
    if !isCommand { lastQuery = text }
    defer { if isCommand { completion.data.forget() } }
    let when = Machine.now
    let start = Machine.milliseconds
    // Places in the text are places in its file.
    let placed = String(repeating: "\n", count: line - 1) + text
    do {
      let run = try QueryRun(placed, in: workspace, keepsPartial: true)
      let rows = run.answers.reduce(0) { $0 + $1.rowCount }
      remember(.init(query: text, when: when, rows: rows, milliseconds: run.milliseconds, error: run.loss ?? ""))
      recent.add(run.answers)
      try report.add(query: text, answers: run.answers, milliseconds: run.milliseconds)
      try show(run.answers, elapsed: run.milliseconds)
      if let loss = run.loss { Console.say("note: \(loss)") }
      tour?.observe(Tour.Deed(text: text, answers: run.answers, error: nil))
    } catch is ByteSink.Closed {
      leave()
    } catch {
      let diagnostics = Failure.diagnostics(in: error)
      let message = diagnostics.first?.message ?? ""
      let elapsed = Machine.milliseconds - start
      if log.entries.last?.when != when {
        remember(.init(query: text, when: when, rows: nil, milliseconds: elapsed, error: message))
        report.add(query: text, error: message)
      }
      Failure.report(error, source: placed, name: file)
      tour?.observe(Tour.Deed(text: text, answers: [], error: message))
    }
  }

  private func remember(_ entry: QueryLog.Entry) {
    log.add(entry)
    history.keep(entry)
  }

  /// The answers of a text that the shell itself asks, without a trace in the history.
  ///
  /// - Throws: `SourcedDiagnostics` for mistakes in it.
  func answers(to text: String) throws -> [Answer] {
    do {
      return try QueryRun(text, in: workspace).answers
    } catch let diagnostics as Diagnostics {
      throw SourcedDiagnostics(list: diagnostics.list, source: text)
    }
  }

  /// Runs the lines of a file: dot commands, and queries that end with `;`, an empty line, or the end of the file.
  /// Ctrl-C leaves the rest out.
  ///
  /// - Throws: a diagnostic when files read one another without end.
  func runLines(of text: String, from file: String? = nil) throws {
    guard readingDepth < 8 else { throw Diagnostic("nested-too-deeply", "files read one another too deeply") }
    readingDepth += 1
    defer { readingDepth -= 1 }
    var pending = ""
    // Whether there is more in `pending` than comments.
    var isBegun = false
    var start = 1
    let interrupts = Interrupts.shared.count
    func isStopped(at line: Int) -> Bool {
      if Interrupts.shared.count == interrupts { return false }
      Console.say("note: stopped\(file.map { " in line \(line) of \($0)" } ?? ""); what follows was not run")
      return true
    }
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() where !wantsToLeave {
      let line = line.hasSuffix("\r") ? line.dropLast() : line
      if !isBegun, line.trimmed.hasPrefix("."), !DotCommand.isForDatabase(String(line)) || !parse(String(line)).isUnfinished {
        pending = ""
        if !DotCommand.run(String(line), in: self), let file { Console.say("note: this was line \(index + 1) of \(file)") }
        if isStopped(at: index + 1) { return }
        continue
      }
      if pending.isEmpty { start = index + 1 }
      if !line.allSatisfy(\.isWhitespace) {
        if !line.trimmed.hasPrefix("//") { isBegun = true }
        pending += pending.isEmpty ? String(line) : "\n" + line
        if !line.trimmed.hasSuffix(";") { continue }
      }
      if pending.isEmpty || parse(pending).isUnfinished && line.trimmed.hasSuffix(";") { continue }
      if isBegun {
        runQuery(pending, from: file, line: start)
        if isStopped(at: start) { return }
      }
      pending = ""
      isBegun = false
    }
    if isBegun && !wantsToLeave { runQuery(pending, from: file, line: start) }
  }

  // MARK: Answers

  /// Writes answers to where they go: the terminal as wide as it is now, or what `.output` and `.once` named.
  func show(_ answers: [Answer], elapsed: Double? = nil) throws {
    for answer in answers {
      if let path = try ChartFile.write(answer, isSafe: settings.isSafe) { Console.say("note: the chart is in \(path)") }
    }
    if let target = settings.once ?? settings.output {
      settings.once = nil
      return try target.write(answers, format: settings.isFormatChosen ? settings.format : nil)
    }
    let stop = StopFlag()
    let output = PagedOutput(usesPager: settings.usesPager, stop: stop)
    let paged = ByteSink(blockSize: 1 << 13) { try output.write($0) }
    let sink = settings.format.isForPeople ? paged : paged.showingControls()
    var options = Console.formatOptions(rowLimit: settings.rowLimit)
    options.marks = settings.marks
    let writer = settings.format.writer(to: sink, options: options)
    try Interrupts.shared.handling(repeatable: true, { stop.set() }) {
      var notes: [String] = []
      do {
        for answer in answers {
          let summary = try writer.write(answer)
          notes += self.notes(answer, summary, elapsed: answers.count == 1 ? elapsed : nil)
          if answers.count > 1 {
            try sink.flush()
            if !settings.usesPager {
              notes.forEach { Console.say($0) }
              notes = []
            }
          }
        }
        try writer.finish()
        try output.finish()
      } catch is ByteSink.Closed {
        // Whoever paged has seen enough.
        try? output.finish()
      } catch {
        try? output.finish()
        throw error
      }
      notes.forEach { Console.say($0) }
    }
    if settings.isTiming, let elapsed, answers.count != 1 {
      Console.say("(\(answers.count) results in \(Machine.durationText(milliseconds: elapsed)))")
    }
  }

  /// What stands below a result: how many rows there are, how long they took, and remarks.
  private func notes(_ answer: Answer, _ summary: WriteSummary, elapsed: Double?) -> [String] {
    var notes: [String] = []
    let time = settings.isTiming ? elapsed.map { Machine.durationText(milliseconds: $0) } : nil
    if !summary.isWhole || time != nil {
      notes.append("(\(summary.sentence(option: ".mode", time: time)))")
    }
    notes += answer.remarks.map { "note: \($0)" }
    if settings.format == .auto, let remark = answer.undrawnChart { notes.append("note: \(remark)") }
    return notes
  }
}
