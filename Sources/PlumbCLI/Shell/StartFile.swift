import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbKit
import PlumbSyntax
import PlumbPresentation

/// The user's start file for every session: a file of dot commands, whose errors are warnings and never prevent the start.
enum StartFile {
  /// `$PLUMB_RC`, `plumb/rc` in `$XDG_CONFIG_HOME` or `~/.config`, or `~/.plumbrc`; the first that exists.
  private static var path: String? {
    var places: [String] = []
    if let named = Environment.variable("PLUMB_RC") { places.append(named) }
    if let config = Environment.variable("XDG_CONFIG_HOME") { places.append(config + "/plumb/rc") }
    if let home = Environment.variable("HOME") { places += [home + "/.config/plumb/rc", home + "/.plumbrc"] }
    return places.first { access($0, F_OK) == 0 }
  }

  static func run(in conversation: Conversation) {
    guard let path else { return }
    let text: String
    do {
      text = try QueryText.file(path)
    } catch {
      return warn("\(path): \(Failure.diagnostics(in: error).first?.message ?? "cannot be read")")
    }
    for (i, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = line.trimmed
      if line.isEmpty || line.hasPrefix("//") || line.hasPrefix("#") { continue }
      do {
        try run(String(line), in: conversation)
      } catch {
        warn("\(path):\(i + 1): \(Failure.diagnostics(in: error).first?.message ?? "failed")")
      }
    }
  }

  private static func run(_ line: String, in conversation: Conversation) throws {
    let parsed = parse(line)
    if parsed.hasErrors, line.hasPrefix(".") { throw Diagnostics(parsed.diagnostics) }
    for statement in parsed.script.statements {
      guard case .command(let command) = statement, let action = ConsoleAction.named(command.name), command.name != ".quit" else {
        throw Diagnostic(
          "misplaced-statement",
          "only commands of the shell belong into this file, not `\(VisibleText.string(String(line.prefix(40))))`")
      }
      try conversation.perform(command, action)
    }
  }

  private static func warn(_ text: String) { Console.say("warning: \(text)") }
}
