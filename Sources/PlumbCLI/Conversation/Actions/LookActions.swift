import PlumbDatabase
import PlumbDiagnostics
import PlumbKit
import PlumbPresentation
import PlumbSyntax

extension ConsoleAction {
  private static func tell(_ name: String, _ isOn: Bool) { Console.say("\(name): \(isOn ? "on" : "off")") }

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
      conversation.settings.output = text.isEmpty || ["off", "stdout", "-"].contains(text) ? nil : try OutputTarget(text: text, isFormatChosen: conversation.settings.isFormatChosen, namedBy: conversation.settings.origin)
    },
    ConsoleAction(".once") { command, conversation in
      conversation.settings.once = try OutputTarget(
        text: command.text("FILE or |PROGRAM"), isFormatChosen: conversation.settings.isFormatChosen, namedBy: conversation.settings.origin)
    },
    ConsoleAction(".timer") { command, conversation in
      if let word = command.words.first {
        conversation.settings.isTiming = word == "on"
      } else {
        Console.say("the timer is \(conversation.settings.isTiming ? "on" : "off")")
      }
    },
    ConsoleAction(".null") { command, conversation in conversation.settings.nullText = Paths.unquoted(command.text("TEXT")) },
    ConsoleAction(".types") { command, conversation in
      if let word = command.words.first { conversation.settings.showsTypes = word == "on" } else { tell("types", conversation.settings.showsTypes) }
    },
    ConsoleAction(".numbers") { command, conversation in
      if let word = command.words.first { conversation.settings.groupsThousands = word == "grouped" } else {
        Console.say("numbers are \(conversation.settings.groupsThousands ? "grouped" : "plain")")
      }
    },
    ConsoleAction(".tail") { command, conversation in
      if let word = command.words.first { conversation.settings.showsTail = word == "on" } else { tell("tail", conversation.settings.showsTail) }
    },
    ConsoleAction(".prompt") { command, conversation in
      let text = VisibleText.string(command.text("TEXT"))
      conversation.settings.prompt = text.isEmpty ? "plumb> " : String(text.prefix(60)) + " "
    },
    ConsoleAction(".colors") { command, conversation in
      guard let word = command.words.first else { return Console.say("colors: \(Console.colours)") }
      Console.setLook {
        $0.palette = Palette(rawValue: word)
        $0.isStyled = word == "auto" ? nil : word != "off"
      }
      LineColours.install()
    },
    ConsoleAction(".log") { command, conversation in
      let path = command.text("FILE")
      conversation.settings.log = path.isEmpty || path == "off" ? nil : try SessionLog(path: Paths.typed(path))
    },
    ConsoleAction(".settings") { _, conversation in
      let now = conversation.settings
      func word(_ isOn: Bool) -> String { isOn ? "on" : "off" }
      let lines: [(String, String)] = [
        (".mode", now.format.name), (".rows", now.rowLimit.map { "\($0)" } ?? "all"), (".tail", word(now.showsTail)),
        (".null", now.nullText.isEmpty ? "(nothing)" : now.nullText), (".types", word(now.showsTypes)),
        (".numbers", now.groupsThousands ? "grouped" : "plain"), (".timer", word(now.isTiming)), (".pager", word(now.usesPager)),
        (".prompt", now.prompt), (".colors", Console.colours), (".log", now.log?.path ?? "off"),
        (".output", now.output.map(\.text) ?? "the terminal"), (".safe", word(now.isSafe)),
      ]
      let text = lines.map { name, value in
        let summary = CommandDeclaration.beginning(with: name).first?.summary ?? ""
        let row = "\(name)\(String(repeating: " ", count: 10 - name.count))\(value)\(String(repeating: " ", count: max(1, 14 - value.count)))\(summary)"
        let room = (Console.columns ?? 100) - 1
        return row.count <= room ? row : row.prefix(room - 1) + (Console.isASCII ? "~" : "…")
      }.joined(separator: "\n")
      try conversation.host.write(text, isLong: false)
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
