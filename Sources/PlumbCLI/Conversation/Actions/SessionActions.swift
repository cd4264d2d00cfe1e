import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbKit
import PlumbProcess
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
    ConsoleAction(".print") { command, conversation in try conversation.host.write(command.text("TEXT"), isLong: false) },
    ConsoleAction(".cd") { command, conversation in
      let folder = command.text("FOLDER")
      if folder.isEmpty {
        let path = getcwd(nil, 0)
        defer { free(path) }
        return try conversation.host.write(path.map { VisibleText.string(String(cString: $0)) } ?? ".", isLong: false)
      }
      if let file = conversation.workspace.store?.file.path, !file.hasPrefix("/") {
        throw usage(command, "the workspace was opened by the relative path `\(VisibleText.string(file))`", help: "`.open` it by its full path first")
      }
      guard chdir(Paths.typed(folder)) == 0 else {
        throw usage(command, "cannot enter `\(VisibleText.string(folder))`: \(String(cString: strerror(errno)))", help: "name an existing folder")
      }
    },
    ConsoleAction(".shell") { command, conversation in
      let child = try ChildProcess(command.text("COMMAND"), hasInput: false)
      child.finish()
      Console.freshLine()
    },
    ConsoleAction(".safe") { _, conversation in
      conversation.makeSafe()
      Console.say("the session is safe: it touches no files and starts no programs")
    },
    ConsoleAction(".tour") { _, conversation in try conversation.host.shell?.beginTour() },
    ConsoleAction(".quit") { _, conversation in conversation.leave() },
    ConsoleAction(".skip") { _, conversation in conversation.host.shell?.tour?.skip() },
    ConsoleAction(".cause") { command, conversation in conversation.host.shell?.tour?.judge(cause: command.text("WORD")) },
  ]
}
