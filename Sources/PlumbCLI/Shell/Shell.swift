import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import ReadlineShim

/// The conversation at a terminal: reads a query, runs it, shows its rows, and asks again.
final class Shell {
  let workspace: Workspace
  var format: ResultFormat
  var isTiming = true
  var rowLimit: Int
  private let completion: Completion
  private var history = History()
  private var wantsToLeave = false

  init(workspace: Workspace, output: OutputOptions) {
    self.workspace = workspace
    format = output.format ?? .table
    rowLimit = output.rowLimit ?? Results.terminalRowLimit
    completion = Completion(catalog: workspace.catalog)
  }

  /// Returns when the user leaves.
  func run() {
    completion.install()
    history.open()
    greet()
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

  private func greet() {
    let names = workspace.catalog.tableNames
    Console.say("Plumb \(Plumb.version). End a query with Enter; .help tells more, Ctrl-D leaves.")
    if names.isEmpty {
      Console.say("There are no tables yet: .load name=path reads a file.")
    } else {
      Console.say("Tables: \(names.prefix(12).joined(separator: ", "))\(names.count > 12 ? ", …" : "")")
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

  private func take(_ line: String, pending: inout String) {
    let isBlank = line.allSatisfy(\.isWhitespace)
    if pending.isEmpty {
      if isBlank { return }
      if line.drop(while: \.isWhitespace).hasPrefix("."), !DotCommand.isForDatabase(line) {
        history.add(line)
        DotCommand.run(line, in: self)
        return
      }
    }
    pending += pending.isEmpty ? line : "\n" + line
    if isBlank || QueryShape(pending).isComplete {
      let text = pending
      pending = ""
      history.add(text)
      runQuery(text)
    }
  }

  /// Runs and shows; every error is told and the shell goes on.
  private func runQuery(_ text: String) {
    let session = workspace.session()
    let start = Machine.milliseconds
    do {
      let answers = try Interrupts.shared.handling({ session.cancel() }) { try session.run(text) }.result
      let elapsed = Machine.milliseconds - start
      try show(answers, elapsed: elapsed)
    } catch is ByteSink.Closed {
      leave()
    } catch {
      Failure.report(error, source: text)
    }
  }

  /// Writes answers to the terminal as wide as it is now, and below them how many rows there are and how
  /// long they took. Ctrl-C stops the writing.
  func show(_ answers: [Answer], elapsed: Double? = nil) throws {
    let stop = StopFlag()
    let terminal = ByteSink.file(STDOUT_FILENO, name: "the terminal")
    let sink = ByteSink(blockSize: 1 << 13) { bytes in
      if stop.isSet { throw Diagnostic("cancelled", "the rest of the rows is not shown") }
      terminal.buffer.append(bytes.bindMemory(to: UInt8.self))
      try terminal.flush()
    }
    let writer = format.writer(
      to: sink,
      options: FormatOptions(
        width: Console.columns, rowLimit: rowLimit, isStyled: Console.outputIsStyled))
    try Interrupts.shared.handling({ stop.set() }) {
      for answer in answers {
        let summary = try writer.write(answer)
        try sink.flush()
        let time = isTiming && answers.count == 1 ? elapsed.map { Machine.durationText(milliseconds: $0) } : nil
        if !summary.isWhole || time != nil {
          Console.say("(\(summary.sentence(option: ".format"))\(time.map { " in \($0)" } ?? ""))")
        }
        for remark in answer.remarks { Console.say("note: \(remark)") }
        if let visualization = answer.visualization {
          Console.say("note: `render \(visualization.kind)` is shown as a table")
        }
      }
      try writer.finish()
    }
    if isTiming, let elapsed, answers.count != 1 {
      Console.say("(\(answers.count) results in \(Machine.durationText(milliseconds: elapsed)))")
    }
  }
}
