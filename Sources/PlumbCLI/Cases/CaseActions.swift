import PlumbCases
import PlumbDatabase
import PlumbDiagnostics
import PlumbKit
import PlumbSyntax

extension ConsoleAction {
  /// Writes sentences, wrapped at spaces on a terminal.
  private static func tell(_ text: String, _ conversation: Conversation) throws {
    try conversation.host.write(Console.folded(text), isLong: true)
  }

  /// Commands about a case.
  static let ofCases: [ConsoleAction] = [
    ConsoleAction(".case") { command, conversation in
      let words = command.text("WHAT").split(whereSeparator: \.isWhitespace).map(String.init)
      if words.first == "list" || (words.isEmpty && conversation.workspace.openCase == nil) { return try tell(CaseDesk.list, conversation) }
      let desk = try CaseDesk(conversation.workspace, via: conversation.via)
      switch words.first {
      case nil, "brief"?: try tell(desk.brief(), conversation)
      case "status"?: try tell(desk.status(), conversation)
      case "hint"?: try tell(desk.hint(), conversation)
      case "answer"?: try tell(desk.answer(words.dropFirst().joined(separator: " ")), conversation)
      case "transcript"?: try tell(desk.transcript(), conversation)
      case "replay"?: try tell(desk.replay(), conversation)
      case "report"?:
        if words.count > 1, conversation.settings.isSafe { throw Safety.refusal("cannot write files") }
        try tell(desk.report(to: words.count > 1 ? words[1] : nil), conversation)
        conversation.workspace.reopenWords()
      case "start"?:
        throw usage(command, "a case is started in a file of its own", help: "leave with Ctrl-D and run `plumb case \(words.joined(separator: " "))`")
      case let word?:
        throw usage(command, "`\(word)` is not a command about cases", help: "write .case list, status, hint, answer, transcript, report FILE or replay")
      }
    },
    ConsoleAction(".hint") { _, conversation in
      if let tour = conversation.host.shell?.tour { return tour.hint() }
      try tell(CaseDesk(conversation.workspace, via: conversation.via).hint(), conversation)
    },
    ConsoleAction(".answer") { command, conversation in
      try tell(CaseDesk(conversation.workspace, via: conversation.via).answer(command.text("ANSWER")), conversation)
    },
    ConsoleAction(".mitigate") { command, conversation in
      try tell(CaseDesk(conversation.workspace, via: conversation.via).mitigate(command.text("failover X to Y")), conversation)
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
