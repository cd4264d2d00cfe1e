import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine

/// The shell's own commands, which begin with a dot.
struct DotCommand: Sendable {
  let name: String
  let usage: String
  let summary: String
  private let action: @Sendable (_ arguments: [String], _ shell: Shell) throws -> Void

  static let all: [DotCommand] = [
    DotCommand(name: ".help", usage: ".help [name]", summary: "What there is, or one function or operator.") {
      arguments, _ in
      Console.writeOut(arguments.isEmpty ? Help.overview : try Help.text(for: arguments[0]))
    },
    DotCommand(name: ".tables", usage: ".tables", summary: "The tables and their rows.") { _, shell in
      try shell.show([Listing.tables(of: shell.workspace.catalog)])
    },
    DotCommand(name: ".schema", usage: ".schema NAME", summary: "The columns of a table.") { arguments, shell in
      guard let name = arguments.first else {
        throw Diagnostic("usage", "`.schema` needs the name of a table")
      }
      try shell.show([Listing.columns(ofTable: name, in: shell.workspace.catalog)])
    },
    DotCommand(name: ".format", usage: ".format F", summary: "The format of results, such as table, line or json.") {
      arguments, shell in
      guard let name = arguments.first else { return Console.say("the format is \(shell.format.rawValue)") }
      guard let format = ResultFormat(rawValue: name) else {
        let names = ResultFormat.allCases.map(\.rawValue)
        throw Diagnostic(
          "unknown-format", "there is no format `\(name)`",
          help: Suggestion.nearest(to: name, in: names) ?? "formats are \(names.joined(separator: ", "))")
      }
      shell.format = format
    },
    DotCommand(name: ".load", usage: ".load name=path", summary: "Loads a file as a table, or a folder of files.") {
      arguments, shell in
      guard let text = arguments.first else {
        throw Diagnostic("usage", "`.load` needs name=path, or the path of a folder")
      }
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      let loaded = try shell.workspace.loading.load(
        name: parts.count == 2 ? parts[0] : nil, path: Listing.expandingHome(parts.last ?? text))
      for table in loaded { Console.say("\(table.name): \(table.rows) rows from \(table.path)") }
    },
    DotCommand(name: ".timing", usage: ".timing on|off", summary: "Whether each result is timed.") {
      arguments, shell in
      switch arguments.first {
      case "on": shell.isTiming = true
      case "off": shell.isTiming = false
      case nil: Console.say("timing is \(shell.isTiming ? "on" : "off")")
      case let other?: throw Diagnostic("usage", "`.timing` is on or off, not `\(other)`")
      }
    },
    DotCommand(name: ".quit", usage: ".quit", summary: "Leaves; so does Ctrl-D.") { _, shell in shell.leave() },
  ]

  /// Runs a line that begins with a dot, and tells what is wrong with it.
  static func run(_ line: String, in shell: Shell) {
    let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
    guard let name = words.first else { return }
    do {
      guard let command = all.first(where: { $0.name == name || name == ".exit" && $0.name == ".quit" }) else {
        throw Diagnostic(
          "unknown-command", "there is no command `\(name)`",
          help: Suggestion.nearest(to: name, in: all.map(\.name)) ?? "`.help` lists the commands")
      }
      // A path may hold spaces.
      let rest = command.name == ".load" ? [words.dropFirst().joined(separator: " ")] : Array(words.dropFirst())
      try command.action(rest.filter { !$0.isEmpty }, shell)
    } catch is ByteSink.Closed {
      shell.leave()
    } catch {
      Failure.report(error, source: line)
    }
  }

  /// Whether a line is a management command, which sessions run as they run queries.
  static func isForDatabase(_ line: String) -> Bool {
    guard let name = line.split(whereSeparator: \.isWhitespace).first.map(String.init) else { return false }
    return !all.contains { $0.name == name } && DatabaseCommand.all.contains { $0.firstWord == name.lowercased() }
  }

  /// What may follow `text`, a line that begins with a dot or is empty.
  static func candidates(after text: String, catalog: Catalog) -> [String] {
    switch text.split(whereSeparator: \.isWhitespace).first.map(String.init) {
    case nil: all.map(\.name) + Set(DatabaseCommand.all.map(\.firstWord)).sorted()
    case ".schema": catalog.tableNames
    case ".format": ResultFormat.allCases.map(\.rawValue)
    case ".timing": ["on", "off"]
    case ".help": Help.names
    default: []
    }
  }
}
