import PlumbCases
import PlumbDatabase
import PlumbDiagnostics
import PlumbKit
import PlumbSyntax

extension ConsoleAction {
  /// Commands about a case.
  static let ofCases: [ConsoleAction] = [
    ConsoleAction(".case") { command, conversation in
      let words = command.text("WHAT").split(whereSeparator: \.isWhitespace).map(String.init)
      if words.first == "list" || (words.isEmpty && conversation.workspace.openCase == nil) { return try conversation.host.write(CaseDesk.list, isLong: true) }
      let desk = try CaseDesk(conversation.workspace, via: conversation.via)
      switch words.first {
      case nil, "brief"?: try conversation.host.write(desk.brief(), isLong: true)
      case "status"?: try conversation.host.write(desk.status(), isLong: true)
      case "hint"?: try conversation.host.write(desk.hint(), isLong: true)
      case "answer"?: try conversation.host.write(desk.answer(words.dropFirst().joined(separator: " ")), isLong: true)
      case "transcript"?: try conversation.host.write(desk.transcript(), isLong: true)
      case "replay"?: try conversation.host.write(desk.replay(), isLong: true)
      case "report"?:
        if words.count > 1, conversation.settings.isSafe { throw Safety.refusal("cannot write files") }
        try conversation.host.write(desk.report(to: words.count > 1 ? words[1] : nil), isLong: true)
        conversation.workspace.reopenWords()
      case "start"?:
        throw usage(command, "a case is started in a file of its own", help: "leave with Ctrl-D and run `plumb case \(words.joined(separator: " "))`")
      case let word?:
        throw usage(command, "`\(word)` is not a command about cases", help: "write .case list, status, hint, answer, transcript, report FILE or replay")
      }
    },
    ConsoleAction(".hint") { _, conversation in
      if let tour = conversation.host.shell?.tour { return tour.hint() }
      try conversation.host.write(CaseDesk(conversation.workspace, via: conversation.via).hint(), isLong: true)
    },
    ConsoleAction(".answer") { command, conversation in
      try conversation.host.write(CaseDesk(conversation.workspace, via: conversation.via).answer(command.text("ANSWER")), isLong: false)
    },
    ConsoleAction(".mitigate") { command, conversation in
      try conversation.host.write(CaseDesk(conversation.workspace, via: conversation.via).mitigate(command.text("failover X to Y")), isLong: false)
    },
  ]
}

extension Conversation {
  /// Where the investigator of a case acts.
  var via: String { host.shell == nil ? "script" : "shell" }

  /// Adds a query to the route of an open case.
  func noteQuery(_ text: String, rows: Int?, error: String?) {
    guard let current = workspace.openCase else { return }
    do { try current.add(.query, text, rows: rows, error: error, via: via, pasted: host.shell?.pasted ?? 0) } catch {
      Console.say("note: the query was not added to the case's route: \(Failure.diagnostics(in: error).first?.message ?? "\(error)")")
    }
  }
}
