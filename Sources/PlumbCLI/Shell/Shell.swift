import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation
import PlumbSyntax
import ReadlineShim

/// The dialogue at a terminal: reads a query, runs it, shows its rows, and repeats.
final class Shell: ConversationHost {
  private let firstWorkspace: Workspace
  private let firstSettings: OutputSettings
  /// What is said here.
  private(set) lazy var conversation = Conversation(firstWorkspace, firstSettings, host: self)
  private(set) var log: QueryLog
  var tour: Tour?
  let completion: ShellCompletion
  private var history = History()
  private var recent: RecentResults
  /// Whether an empty line was answered with what to ask.
  private var hasHinted = false
  /// Whether the log holds what the user is doing.
  private var isRemembered = false
  /// What the user is doing.
  private var deed = Tour.Deed(text: "", answers: [], error: nil)
  /// The characters of the statement that were pasted.
  private(set) var pasted = 0
  /// Watches an open case.
  private var watch: CaseWatch?

  init(workspace: Workspace, output: OutputOptions, isSafe: Bool = false) {
    firstWorkspace = workspace
    firstSettings = OutputSettings(
      format: output.format ?? .auto, isFormatChosen: output.format != nil, isTiming: true,
      rowLimit: output.rowLimit ?? Results.terminalRowLimit, isSafe: isSafe)
    log = QueryLog(catalog: workspace.catalog, file: workspace.store?.file)
    recent = RecentResults(catalog: workspace.catalog)
    completion = ShellCompletion(workspace: workspace)
    completion.isSafe = isSafe
  }

  var shell: Shell? { self }
  private var workspace: Workspace { conversation.workspace }
  private var settings: OutputSettings { conversation.settings }

  /// Returns when the user leaves.
  func run() {
    Interrupts.shared.stayAlive()
    completion.install()
    LineColours.install()
    history.open(workspace.store?.file)
    greet()
    StartFile.run(in: conversation)
    completion.data.prepare()
    tour?.begin()
    watchCase()
    var pending = ""
    while !conversation.wantsToLeave {
      completion.setPendingText(pending)
      for text in watch?.news() ?? [] { Console.say(text) }
      let (line, status) = readLine(pending)
      if pending.isEmpty { pasted = 0 }
      pasted += Int(plumb_readline_pasted())
      if plumb_readline_took_earlier() { pending = "" }
      switch status {
      case PLUMB_LINE_INTERRUPTED:
        drop(pending, line)
        pending = ""
      case PLUMB_LINE_END where !pending.isEmpty:
        drop(pending, line)
        pending = ""
        Console.writeOut("")
        Console.say("note: the statement was not run; the up arrow brings it back, and Ctrl-D at the empty prompt leaves")
      case PLUMB_LINE_END:
        Console.writeOut("")
        conversation.leave()
      default:
        take(line, pending: &pending)
      }
    }
    history.close()
  }

  func didMove(to other: Workspace) {
    log = QueryLog(catalog: other.catalog, file: other.store?.file)
    recent.move(to: other.catalog)
    completion.use(other)
    history.open(other.store?.file)
    watchCase()
  }

  private func watchCase() {
    watch = CaseWatch(workspace)
    let watch = watch
    LineEditor.ask(watch.map { watch in { watch.news() } })
  }

  func didChange(_ workspace: Workspace) {
    completion.isSafe = settings.isSafe
    completion.use(workspace)
  }

  private func greet() {
    let names = workspace.catalog.tableNames
    let safe = settings.isSafe ? " This shell is safe: it does not access other files or start programs." : ""
    Console.say("Plumb \(Plumb.version). End a query with Enter; .help shows help, Ctrl-D leaves.\(safe)")
    if let path = workspace.store?.file.path, let summary = try? workspace.summary() {
      Console.say("\(path): \(summary).")
    }
    if names.isEmpty {
      Console.say("No tables yet: load a file with .load name=path.")
    } else {
      Console.say("Tables: \(names.prefix(12).joined(separator: ", "))\(names.count > 12 ? ", ..." : "")")
    }
    if tour == nil, let words = StartingWords.text(in: workspace) { Console.say("Ask one of these, and go on from the answer:\n" + words) }
  }

  /// Reads a line after those that are `pending`. Ctrl-C at the prompt drops it.
  private func readLine(_ pending: String) -> (String, plumb_line_status) {
    var status = PLUMB_LINE_END
    let line = Interrupts.shared.handling(repeatable: true, { plumb_readline_interrupt() }) {
      plumb_readline("  ...> ", settings.prompt, pending, &status)
    }.result
    defer { free(line) }
    return (line.map { String(cString: $0) } ?? "", status)
  }

  /// Keeps what was dropped before it ran, so that the up arrow brings it back.
  private func drop(_ pending: String, _ line: String) {
    let text = pending.isEmpty ? line : line.isEmpty ? pending : pending + "\n" + line
    if text.contains(where: { !$0.isWhitespace }) { history.add(text) }
  }

  /// A text that is whole on its first line runs at once; a longer one ends with an empty line or a `;`.
  private func take(_ line: String, pending: inout String) {
    let isBlank = line.allSatisfy(\.isWhitespace)
    if pending.isEmpty, isBlank {
      if !hasHinted, tour == nil, let words = StartingWords.names(in: workspace) {
        hasHinted = true
        Console.say("Ask \(words); `help` explains them, TAB completes, `plumb tour` teaches all this in ten minutes.")
      }
      return
    }
    let isFirst = pending.isEmpty
    if isFirst, line.hasPrefix("!") { return repeatEntry(String(line.dropFirst().drop(while: \.isWhitespace))) }
    let line = isFirst ? withDot(line) : line
    // A first line that begins with a pipe continues the last result.
    let goesOn = isFirst && line.drop(while: \.isWhitespace).hasPrefix("|")
    pending += isFirst ? (goesOn ? "_ " + line : line) : "\n" + line
    let isEnded = isBlank || line.hasSuffix(";") && !parse(pending).isUnfinished
    guard isFirst ? !parse(pending).isUnfinished : isEnded else { return }
    var text = pending
    while text.last?.isWhitespace == true { text.removeLast() }
    pending = ""
    runTyped(text)
  }

  /// The command for a word that other shells know without a dot; the line itself where a table has its name.
  private func withDot(_ line: String) -> String {
    let text = String(String(line.hasSuffix(";") ? line.dropLast() : line[...]).trimmed)
    // `help where`, `? where`
    let first = text.prefix { !$0.isWhitespace }
    if first == "?" || first == "help" || text.hasPrefix("?"), !workspace.catalog.hasTable(named: "help") {
      let rest = text.dropFirst(text.hasPrefix("?") ? 1 : 4).trimmed
      if !rest.hasPrefix("|"), !rest.hasPrefix("=") { return rest.isEmpty ? ".help" : ".help \(rest)" }
    }
    guard ["quit", "exit", "tour"].contains(text), !workspace.catalog.hasTable(named: text) else { return line }
    return "." + text
  }

  /// `!12` runs entry 12 of the history again, `!!` the last one.
  private func repeatEntry(_ typed: String) {
    do {
      let all = try log.numbered()
      let wanted = String(typed.trimmed)
      let found = wanted == "!" ? all.last : Int(wanted).flatMap { number in all.first { $0.number == number } }
      guard let found else {
        return Console.say("`!\(VisibleText.string(wanted))` is not an entry of the history; `.history` lists them with their numbers")
      }
      Console.writeOut(VisibleText.string(found.entry.query))
      runTyped(found.entry.query)
    } catch {
      Failure.report(error, source: "")
    }
  }

  /// The last result, and the one before it.
  var lastAnswer: Answer? { recent.last }
  var answerBeforeLast: Answer? { recent.beforeLast }

  /// Begins the tour here, or goes on with it.
  func beginTour() throws {
    if tour == nil { tour = try Tour(in: workspace, restarts: false) }
    tour?.begin()
  }

  // MARK: Queries

  /// Runs a text that the user wrote, so that the arrow keys bring it back. Every error is reported and the shell continues.
  func runTyped(_ text: String) {
    history.add(text.hidingPasswords)
    deed = Tour.Deed(text: text, answers: [], error: nil)
    isRemembered = false
    defer { completion.data.forget() }
    do {
      try conversation.run(text, goesOn: false, together: true)
    } catch is ByteSink.Closed {
      conversation.leave()
    } catch {
      // Told.
    }
    if text.hasPrefix("."), !isRemembered { history.keep(command: text.hidingPasswords) }
    tour?.observe(deed)
  }

  func run(_ statements: [StatementSyntax], text: String, in conversation: Conversation) throws {
    let isQuery = statements.contains { if case .query = $0 { true } else { false } }
    if isQuery { conversation.lastQuery = text }
    let when = Machine.now
    let start = Machine.milliseconds
    let script = conversation.script
    do {
      let run = try QueryRun(of: script, keepsPartial: true) { give in
        try script.run(statements) { answer, _ in give(answer) }
      }
      guard statements.contains(where: \.isQueryOrCommand) else { return }
      let rows = run.answers.reduce(0) { $0 + $1.rowCount }
      remember(.init(query: text, when: when, rows: rows, milliseconds: run.milliseconds, error: run.loss ?? ""))
      recent.add(run.answers)
      deed.answers += run.answers
      try conversation.report.add(query: text, answers: run.answers, milliseconds: run.milliseconds)
      conversation.noteQuery(text, rows: rows, error: run.loss)
      try conversation.show(run.answers, milliseconds: run.milliseconds)
      if let loss = run.loss { Console.say("note: \(loss)") }
    } catch let closed as ByteSink.Closed {
      throw closed
    } catch {
      if log.entries.last?.when != when {
        let message = Failure.diagnostics(in: error).first?.message ?? ""
        let elapsed = Machine.milliseconds - start
        remember(.init(query: text, when: when, rows: nil, milliseconds: elapsed, error: message))
        conversation.report.add(query: text, error: message)
      }
      throw error
    }
  }

  func report(_ error: any Error, source: String, name: String?) {
    let message = Failure.diagnostics(in: error).first?.message ?? ""
    // A query that cannot be read was not run either, and is remembered all the same.
    if !isRemembered, error is Diagnostics, name == nil, deed.text == source, !source.hasPrefix(".") {
      conversation.lastQuery = source
      remember(.init(query: source, when: Machine.now, rows: nil, milliseconds: 0, error: message))
      conversation.report.add(query: source, error: message)
    }
    deed.error = message
    Failure.report(error, source: source, name: name)
  }

  private func remember(_ entry: QueryLog.Entry) {
    isRemembered = true
    var entry = entry
    entry.query = entry.query.hidingPasswords
    settings.log?.add(entry)
    log.add(entry)
    history.keep(entry)
  }

  // MARK: Texts

  /// Writes a text of Plumb's own, through the pager where it is longer than the terminal.
  func write(_ text: String, isLong: Bool) throws {
    if !isLong { return Console.writeOut(text) }
    let stop = StopFlag()
    let output = PagedOutput(usesPager: settings.usesPager, stop: stop)
    try Interrupts.shared.handling(repeatable: true, { stop.set() }) {
      do {
        let text = VisibleText.lines(text)
        try (text.hasSuffix("\n") ? text : text + "\n").withUTF8Bytes { try output.write($0) }
        try output.finish()
      } catch is ByteSink.Closed {
        try? output.finish()
      }
    }
  }

  // MARK: Answers

  /// Writes answers to their destination: the terminal at its current width, or the target of `.output` and `.once`.
  func show(_ answers: [Answer], milliseconds elapsed: Double?, in conversation: Conversation) throws {
    for answer in answers {
      if let path = try ChartFile.write(answer, isSafe: settings.isSafe, namedBy: settings.origin) { Console.say("note: wrote the chart to \(path)") }
    }
    if let target = settings.once ?? settings.output {
      conversation.settings.once = nil
      return try target.write(answers, format: settings.isFormatChosen ? settings.format : nil)
    }
    if !settings.isFormatChosen, answers.count == 1, let answer = answers.first, answer.isText {
      return Console.writeOut(answer.text)
    }
    let stop = StopFlag()
    let isTable = answers.count == 1 && (settings.format.name == "table" || settings.format == .auto && answers[0].presentation == nil && answers[0].visualization == nil)
    let output = PagedOutput(
      usesPager: settings.usesPager, stop: stop, title: isTable ? title(of: answers[0]) : "",
      headerLines: isTable && answers[0].rowCount > 3 ? (settings.showsTypes ? 3 : 2) : 0)
    let paged = ByteSink(blockSize: 1 << 13) { try output.write($0) }
    let sink = settings.format.isForPeople ? paged : paged.showingControls()
    var options = settings.applied(to: Console.formatOptions(rowLimit: settings.rowLimit))
    options.firstColumns = NamedColumns.of(conversation.lastQuery)
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
        // The user has left the pager.
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

  /// How much of a result is shown, for the pager.
  private func title(of answer: Answer) -> String {
    let rows = answer.rowCount
    let shown = settings.rowLimit.map { min($0, rows) } ?? rows
    return (shown < rows ? "\(NumberText.grouped(shown)) of " : "") + "\(NumberText.grouped(rows)) row\(rows == 1 ? "" : "s")"
  }

  /// Shows the last result again, with lines of any length that the pager scrolls sideways.
  func showWide() throws {
    guard let answer = recent.last else { throw Diagnostic("no-result", "no query has run yet", help: "run a query first") }
    let stop = StopFlag()
    let output = PagedOutput(
      usesPager: settings.usesPager, stop: stop, isWide: true, title: title(of: answer), headerLines: settings.showsTypes ? 3 : 2)
    let sink = ByteSink(blockSize: 1 << 13) { try output.write($0) }
    var options = settings.applied(to: Console.formatOptions(rowLimit: settings.rowLimit))
    options.width = nil
    let writer = ResultFormat.table.writer(to: sink, options: options)
    try Interrupts.shared.handling(repeatable: true, { stop.set() }) {
      do {
        _ = try writer.write(answer)
        try writer.finish()
        try output.finish()
      } catch is ByteSink.Closed {
        try? output.finish()
      }
    }
  }

  /// The notes below a result: the number of rows, the elapsed time, and remarks.
  private func notes(_ answer: Answer, _ summary: WriteSummary, elapsed: Double?) -> [String] {
    var notes: [String] = []
    let time = settings.isTiming ? elapsed.map { Machine.durationText(milliseconds: $0) } : nil
    if !summary.isWhole || time != nil {
      let isCut = summary.rowsWritten < summary.rows && settings.rowLimit != nil
      notes.append("(\(summary.sentence(option: ".wide or .mode", time: time))\(isCut ? "; .rows N shows more" : ""))")
    }
    notes += answer.remarks.filter { !summary.shownRemarks.contains($0) }.map { "note: \($0)" }
    if settings.format == .auto, let remark = answer.undrawnChart { notes.append("note: \(remark)") }
    return notes
  }
}
