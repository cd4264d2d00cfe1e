import PlumbDatabase
import PlumbDiagnostics
import PlumbKit
import PlumbPresentation

/// Commands that say where results go and how they look.
extension DotCommand {
  static let mode = DotCommand(
    name: ".mode", usage: ".mode [FORMAT]", summary: "The format of results, such as auto, table, line or json.",
    examples: [".mode line", ".mode auto"]
  ) { arguments, shell in
    guard let name = arguments.first else { return Console.say("the mode is \(shell.settings.format.name)") }
    guard let format = Formats.named(name) else {
      let names = Formats.names
      throw Diagnostic(
        "unknown-format", "there is no format `\(VisibleText.string(name))`",
        help: Suggestion.nearest(to: name, in: names) ?? "formats are \(names.joined(separator: ", "))")
    }
    guard !format.isBinary else {
      throw Diagnostic(
        "binary-output", "\(name) is not text, so that a terminal cannot show it",
        help: "`.once result.\(name)` writes the next result to a file")
    }
    shell.settings.format = format
    shell.settings.isFormatChosen = format != .auto
  }

  static let output = DotCommand(
    name: ".output", usage: ".output [FILE or |PROGRAM]",
    summary: "Sends results to a file, one under the other, or each to a program; without one back to the terminal.",
    examples: [".output results.csv", ".output |grep failed", ".output"], reachesOut: true,
    text: { rest, shell in
      shell.settings.output = rest.isEmpty || rest == "off" || rest == "stdout" ? nil : try OutputTarget(text: rest)
    })

  static let once = DotCommand(
    name: ".once", usage: ".once FILE or |PROGRAM",
    summary: "Sends the next result to a file or a program; the file's ending chooses the format, as in `.md` or `.json`.",
    examples: [".once failures.md", ".once |wc -l"], reachesOut: true,
    text: { rest, shell in
      if rest.isEmpty { throw usage(".once", "`.once` needs a file, or `|` and a program") }
      shell.settings.once = try OutputTarget(text: rest)
    })

  static let timer = DotCommand(
    name: ".timer", usage: ".timer [on|off]", summary: "Whether each result is timed."
  ) { arguments, shell in
    if let isOn = try flag(".timer", arguments.first) {
      shell.settings.isTiming = isOn
    } else {
      Console.say("the timer is \(shell.settings.isTiming ? "on" : "off")")
    }
  }

  static let pager = DotCommand(
    name: ".pager", usage: ".pager [on|off]", summary: "Whether long results go through `$PAGER` or `less`.", reachesOut: true
  ) { arguments, shell in
    if let isOn = try flag(".pager", arguments.first) {
      shell.settings.usesPager = isOn
    } else {
      Console.say("the pager is \(shell.settings.usesPager ? "on" : "off")")
    }
  }

  static let rows = DotCommand(
    name: ".rows", usage: ".rows [N]", summary: "How many rows of a result are shown.", examples: [".rows 50"]
  ) { arguments, shell in
    guard let first = arguments.first else { return Console.say("up to \(shell.settings.rowLimit) rows are shown") }
    guard let count = Int(first), count >= 0 else { throw usage(".rows", "`.rows` takes a number from 0") }
    shell.settings.rowLimit = count
  }

  static let safe = DotCommand(
    name: ".safe", usage: ".safe",
    summary: "Makes the shell safe for the rest of the session: no files, no programs."
  ) { (_: [String], shell: Shell) in
    shell.makeSafe()
    Console.say("the shell is safe: it touches no files and starts no programs")
  }

  static let quit = DotCommand(name: ".quit", usage: ".quit", summary: "Leaves; so does Ctrl-D.") { (_: [String], shell: Shell) in
    shell.leave()
  }

  /// `on` or `off`; nil when nothing is said.
  private static func flag(_ name: String, _ word: String?) throws -> Bool? {
    switch word {
    case nil: return nil
    case "on": return true
    case "off": return false
    case let other?: throw usage(name, "`\(name)` is on or off, not `\(VisibleText.string(other))`")
    }
  }
}
