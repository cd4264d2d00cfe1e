import PlumbDatabase
import PlumbDiagnostics
import PlumbKit
import PlumbPresentation
import PlumbSyntax

extension ConsoleAction {
  /// Commands that set where results go and how they look.
  static let ofLooks: [ConsoleAction] = [
    ConsoleAction(".mode") { command, conversation in
      let name = command.text("FORMAT")
      if name.isEmpty { return Console.say("the mode is \(conversation.settings.format.name)") }
      guard let format = Formats.named(name) else { throw Formats.unknown(name) }
      if format.isBinary, conversation.host.shell != nil || Console.outputIsTerminal {
        throw Diagnostic(
          "binary-output", "\(name) is not text, so that a terminal cannot show it", at: command.span,
          help: "`.once result.\(name)` writes the next result to a file")
      }
      conversation.settings.format = format
      conversation.settings.isFormatChosen = format != .auto
    },
    ConsoleAction(".rows") { command, conversation in
      let text = command.text("N")
      if text.isEmpty {
        let limit = conversation.settings.rowLimit
        return Console.say(limit.map { "up to \($0) rows are shown" } ?? "all rows are shown")
      }
      guard let count = Int(text), count >= 0 else { throw usage(command, "`.rows` needs a number of at least 0") }
      conversation.settings.rowLimit = count
    },
    ConsoleAction(".output") { command, conversation in
      let text = command.text("FILE or |PROGRAM")
      conversation.settings.output = text.isEmpty || text == "off" || text == "stdout" ? nil : try OutputTarget(text: text, namedBy: conversation.settings.origin)
    },
    ConsoleAction(".once") { command, conversation in
      conversation.settings.once = try OutputTarget(
        text: command.text("FILE or |PROGRAM"), namedBy: conversation.settings.origin)
    },
    ConsoleAction(".timer") { command, conversation in
      if let word = command.words.first {
        conversation.settings.isTiming = word == "on"
      } else {
        Console.say("the timer is \(conversation.settings.isTiming ? "on" : "off")")
      }
    },
    ConsoleAction(".pager") { command, conversation in
      if let word = command.words.first {
        conversation.settings.usesPager = word == "on"
      } else {
        Console.say("the pager is \(conversation.settings.usesPager ? "on" : "off")")
      }
    },
  ]
}
