import ArgumentParser
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation
import PlumbSyntax

/// `plumb completions` and `plumb man`: completion scripts and the manual page, from the declarations of the commands.
struct CompletionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completions", abstract: "Print a completion script for bash, zsh or fish.")

  enum ShellName: String, ExpressibleByArgument, CaseIterable {
    case bash, zsh, fish
  }

  @Argument(help: "The shell: bash, zsh or fish.")
  var shell: ShellName

  func run() throws {
    switch shell {
    case .bash: Console.writeOut(Plumb.completionScript(for: .bash))
    case .zsh: Console.writeOut(Plumb.completionScript(for: .zsh))
    case .fish: Console.writeOut(Plumb.completionScript(for: .fish))
    }
  }
}

struct ManCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "man", abstract: "Print the manual page, for `man -l -`.")

  func run() throws { Console.writeOut(ManPage.text) }
}

/// The manual page in the language of `man`.
enum ManPage {
  static var text: String {
    var out = """
      .TH PLUMB 1 "" "Plumb \(Plumb.version)" "User Commands"
      .SH NAME
      plumb \\- \(escaped("KQL for pipeline telemetry, in a terminal"))
      .SH SYNOPSIS
      .B plumb
      [command] [options]
      .SH DESCRIPTION
      \(escaped("Without a command, plumb starts the interactive shell on a terminal; otherwise it reads a query from standard input. Data goes to standard output, everything else to standard error."))

      """
    for command in commands { out += section(command) }
    out += ".SH COMMANDS OF THE SHELL AND OF SCRIPTS\n"
    for command in CommandDeclaration.all {
      out += ".TP\n.B \(escaped(command.usage))\n\(escaped(command.summary))\n"
    }
    out += ".SH FORMATS\n"
    for format in Formats.all { out += ".TP\n.B \(escaped(format.name))\n\(escaped(format.summary))\n" }
    out += ".SH STEPS OF A QUERY\n"
    for step in OperatorDeclaration.all where step.isSupported {
      out += ".TP\n.B \(escaped(step.usage))\n\(escaped(step.summary))\n"
    }
    out += """
      .SH EXIT STATUS
      0 success, 1 the query or its data failed, 2 usage error, 3 \(escaped("--fail-if-rows")) found rows, 130 interrupted.
      .SH ENVIRONMENT
      .TP
      .B NO_COLOR
      Disables colours if set and not empty.
      .TP
      .B PLUMB_PAGER, PAGER
      The pager for long results on a terminal; empty for none.
      .TP
      .B VISUAL, EDITOR
      The editor of
      .BR .edit .
      .TP
      .B PLUMB_RC
      A file of dot commands to run at the start, instead of
      .IR ~/.config/plumb/rc .
      .SH FILES
      .TP
      .I ~/.local/state/plumb/history
      The queries of earlier sessions.
      """
    return out
  }

  /// The commands' own descriptions.
  private static var commands: [Dynamic] {
    guard let tree = JSONText.parseTree(Plumb._dumpHelp()), let root = tree["command"],
      case .array(let subcommands)? = root["subcommands"]
    else { return [] }
    return subcommands.filter { $0["commandName"]?.text != "help" }
  }

  /// The long options of a command, in alphabetical order.
  static func optionNames(of command: String) -> [String] {
    guard let found = commands.first(where: { $0["commandName"]?.text == command }),
      case .array(let arguments)? = found["arguments"]
    else { return [] }
    let names = arguments.flatMap { argument -> [String] in
      guard case .array(let list)? = argument["names"] else { return [] }
      return list.filter { $0["kind"]?.text == "long" }.compactMap { $0["name"]?.text }
    }
    return Set(names).sorted().map { "--" + $0 }
  }

  private static func section(_ command: Dynamic) -> String {
    let name = command["commandName"]?.text ?? ""
    var out = ".SH \(escaped("plumb \(name)".uppercased()))\n\(escaped(command["abstract"]?.text ?? ""))\n"
    guard case .array(let arguments)? = command["arguments"] else { return out }
    for argument in arguments {
      if case .bool(false)? = argument["shouldDisplay"] { continue }
      var names: [String] = []
      if case .array(let list)? = argument["names"] {
        names = list.map { ($0["kind"]?.text == "long" ? "--" : "-") + ($0["name"]?.text ?? "") }
      }
      let value = argument["valueName"]?.text ?? ""
      switch argument["kind"]?.text {
      case "positional": names = [value]
      case "option": names = names.map { "\($0) \(value)" }
      default: break
      }
      if names.contains("--help") || names.contains("--version") { continue }
      out += ".TP\n.B \(escaped(names.joined(separator: ", ")))\n\(escaped(argument["abstract"]?.text ?? ""))\n"
    }
    return out
  }

  /// Text in which nothing is a request of `man`.
  private static func escaped(_ text: String) -> String {
    var out = ""
    for character in text {
      switch character {
      case "\\": out += "\\e"
      case "-": out += "\\-"
      case "'": out += "\\(aq"
      case "`": out += "\\(ga"
      case "\n": out += " "
      default: out.append(character)
      }
    }
    return out.hasPrefix(".") ? "\\&" + out : out
  }
}

extension Dynamic {
  /// A member of an object.
  fileprivate subscript(key: String) -> Dynamic? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  fileprivate var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }
}
