import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbKit
import PlumbPresentation
import PlumbSyntax

/// Commands about the texts of queries: files of them, editing, layout, plans, parameters.
extension DotCommand {
  static let load = DotCommand(
    name: ".load", usage: ".load [NAME=]PATH", summary: "Loads a file as a table, or a folder of files.",
    examples: [".load runs=runs.csv"], reachesOut: true,
    text: { text, shell in
      if text.isEmpty { throw usage(".load", "`.load` needs name=path, or the path of a folder") }
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      let file = (name: parts.count == 2 ? parts[0] : nil, path: Paths.typed(parts.last ?? text))
      let loaded = try Console.working { try shell.workspace.load([file], $0) }
      for table in loaded { Console.say("\(table.name): \(counted(table.rows, "row")) from \(table.path)") }
    })

  static let read = DotCommand(
    name: ".read", usage: ".read FILE", summary: "Runs the queries and commands of a file.",
    examples: [".read morning.kql"], reachesOut: true,
    text: { path, shell in
      if path.isEmpty { throw usage(".read", "`.read` needs a file") }
      let path = Paths.typed(path)
      try shell.runLines(of: try QueryText.file(path), from: path)
    })

  static let edit = DotCommand(
    name: ".edit", usage: ".edit", summary: "Opens the last query in $EDITOR, and runs what is saved.",
    reachesOut: true
  ) { (_: [String], shell: Shell) in
    let text = try Editor.edit(shell.lastQuery)
    if text.trimmed.isEmpty { return Console.say("nothing to run") }
    Console.writeOut(text)
    shell.runTyped(String(text.trimmed))
  }

  static let format = DotCommand(
    name: ".format", usage: ".format [QUERY]", summary: "Lays a query out, one step a line; without one the last query.",
    examples: [".format runs|where status==\"failed\"|count"],
    text: { rest, shell in
      if Formats.named(rest) != nil {
        throw Diagnostic("usage", "`.format` lays out a query", help: "`.mode \(rest)` chooses the format of results")
      }
      let text = rest.isEmpty ? shell.lastQuery : rest
      if text.isEmpty { throw usage(".format", "there is no query yet") }
      let parsed = parse(text)
      if parsed.hasErrors { throw SourcedDiagnostics(list: parsed.diagnostics, source: text) }
      Console.writeOut(print(parsed.script))
    })

  static let expand = DotCommand(
    name: ExpandCommand.name, usage: ".expand [QUERY]",
    summary: "The plain KQL that words such as lineage stand for; without a query the last one's.",
    examples: [".expand lineage downstream of entra-signin-eastus | where tier == 1"],
    text: { rest, shell in
      let text = rest.isEmpty ? shell.lastQuery : rest
      if text.isEmpty { throw usage(".expand", "there is no query yet") }
      let session = shell.workspace.session()
      do {
        Console.writeOut(try Interrupts.shared.handling({ session.cancel() }) { try session.expanded(text) }.result)
      } catch {
        throw SourcedDiagnostics(list: Failure.diagnostics(in: error), source: text)
      }
    })

  static let explain = DotCommand(
    name: ".explain", usage: ".explain QUERY", summary: "Shows the plan of a query and does not run it.",
    examples: [".explain runs | where status == \"failed\" | count"],
    text: { rest, shell in try shell.showPlan(rest, word: "explain") })

  static let profile = DotCommand(
    name: ".profile", usage: ".profile QUERY", summary: "Runs a query and shows rows, time and memory of each step.",
    examples: [".profile runs | summarize count() by source"],
    text: { rest, shell in try shell.showPlan(rest, word: "profile") })

  static let param = DotCommand(
    name: ".param", usage: ".param [NAME=VALUE]",
    summary: "Gives a value to a parameter that queries declare; without one lists them.",
    examples: [".param source=GitHub", ".param since=\"2026-03-30\"", ".param"],
    text: { rest, shell in
      if rest.isEmpty {
        if shell.workspace.sessionOptions.parameters.isEmpty { return Console.say("no parameter has a value") }
        for (name, value) in shell.workspace.sessionOptions.parameters.sorted(by: { $0.key < $1.key }) {
          Console.writeOut(VisibleText.string("\(name)=\(value)"))
        }
        return
      }
      guard let equals = rest.firstIndex(of: "="), equals > rest.startIndex else {
        throw usage(".param", "`.param` takes a name and a value")
      }
      let name = String(rest[..<equals].trimmed)
      shell.setParameter(name, to: Paths.unquoted(String(rest[rest.index(after: equals)...].trimmed)))
    })
}

extension Shell {
  /// Shows the last query of a text by `explain` or `profile`.
  fileprivate func showPlan(_ text: String, word: String) throws {
    let text = text.isEmpty ? lastQuery : text
    if text.isEmpty { throw DotCommand.usage(".\(word)", "there is no query yet") }
    let parsed = parse(text)
    if let command = parsed.script.statements.first(where: { if case .command = $0 { true } else { false } }) {
      throw SourcedDiagnostics(
        list: [Diagnostic("no-query", "only queries have a plan, and this is a command", at: command.span)], source: text)
    }
    var asked = text
    if case .query(let query)? = parsed.script.statements.last, !parsed.hasErrors, query.mode == .run {
      let bytes = Array(text.utf8)
      let place = min(max(query.span.lower, 0), bytes.count)
      asked = String(decoding: bytes[..<place], as: UTF8.self) + "\(word) " + String(decoding: bytes[place...], as: UTF8.self)
    }
    try show(try answers(to: asked))
  }
}

/// The user's editor on a temporary file.
enum Editor {
  static func edit(_ text: String) throws -> String {
    var path = Array((Environment.variable("TMPDIR") ?? "/tmp").utf8CString.dropLast())
    path += Array("/plumb-XXXXXX.kql".utf8CString)
    let descriptor = mkstemps(&path, 4)
    guard descriptor >= 0 else {
      throw Diagnostic("write-failed", "cannot make a temporary file: \(String(cString: strerror(errno)))")
    }
    let name = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(name) }
    Console.write(text.hasSuffix("\n") ? text : text + "\n", to: descriptor)
    close(descriptor)
    let editor = Environment.variable("VISUAL") ?? Environment.variable("EDITOR") ?? "vi"
    let status = try ChildProcess("\(editor) '\(name)'", hasInput: false).finish()
    if status != 0 {
      throw Diagnostic("no-program", "`\(VisibleText.string(editor))` ended with status \(status), so nothing is run")
    }
    return try QueryText.file(name)
  }
}
