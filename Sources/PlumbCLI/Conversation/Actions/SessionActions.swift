import PlumbDatabase
import PlumbDiagnostics
import PlumbKit
import PlumbSyntax

extension ConsoleAction {
  /// Commands about the session itself.
  static let ofSessions: [ConsoleAction] = [
    ConsoleAction(".edit") { _, conversation in
      let text = try Editor.edit(conversation.lastQuery)
      if text.trimmed.isEmpty { return Console.say("nothing to run") }
      Console.writeOut(text)
      try conversation.host.shell?.runTyped(String(text.trimmed))
    },
    ConsoleAction(".safe") { _, conversation in
      conversation.makeSafe()
      Console.say("the session is safe: it touches no files and starts no programs")
    },
    ConsoleAction(".tour") { _, conversation in try conversation.host.shell?.beginTour() },
    ConsoleAction(".quit") { _, conversation in conversation.leave() },
    ConsoleAction(".hint") { _, conversation in conversation.host.shell?.tour?.hint() },
    ConsoleAction(".skip") { _, conversation in conversation.host.shell?.tour?.skip() },
    ConsoleAction(".cause") { command, conversation in conversation.host.shell?.tour?.judge(cause: command.text("WORD")) },
  ]
}
