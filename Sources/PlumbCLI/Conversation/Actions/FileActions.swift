import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation
import PlumbStorage
import PlumbSyntax

extension ConsoleAction {
  private static let memory = ":memory:"

  /// Commands about files of data and the workspace.
  static let ofFiles: [ConsoleAction] = [
    ConsoleAction(".load") { command, conversation in
      let text = command.text("[NAME=]PATH")
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      let file = (name: parts.count == 2 ? parts[0] : nil, path: Paths.typed(parts.last ?? text))
      let loaded = try Console.working { try conversation.workspace.load([file], $0) }
      for table in loaded { Console.say("\(table.name): \(counted(table.rows, "row")) from \(table.path)") }
    },
    ConsoleAction(".import") { command, conversation in
      try conversation.importing(Words.of(command.text("PATH... [--map FILE] [--as NAME] ...")))
    },
    ConsoleAction(".open") { command, conversation in
      let text = command.text("FILE | :memory:")
      if text.isEmpty { return Console.say(try conversation.whereItIs()) }
      if text == memory {
        try conversation.useMemory()
        return Console.say(try conversation.whereItIs())
      }
      var path = text
      let salvages = text.hasPrefix("--salvage ")
      if salvages { path = String(text.dropFirst("--salvage".count).trimmed) }
      if path.isEmpty || path.hasPrefix("--") { throw usage(command, "`.open` takes a file") }
      try conversation.open(Paths.typed(path), salvaging: salvages)
    },
    ConsoleAction(".save") { command, conversation in
      let text = command.text("FILE")
      if text.isEmpty {
        guard let path = conversation.workspace.store?.file.path else {
          throw usage(command, "`.save` needs the name of a new file")
        }
        return Console.say("everything is already saved in \(path); copy it with `.save FILE`")
      }
      try conversation.save(to: Paths.typed(text))
    },
    ConsoleAction(".report") { command, conversation in
      let (file, choice) = ReportChoice.parts(of: command.text("FILE.html or FILE.md [last N] [all]"))
      let path = Paths.typed(file)
      let about = "Written on \(ReportChoice.date) about \(try conversation.whereItIs())."
      try conversation.report.write(to: path, about: about, choice: choice, namedBy: conversation.settings.origin)
      Console.say("wrote the session to \(VisibleText.string(path))")
    },
    ConsoleAction(".note") { command, conversation in
      conversation.report.add(note: command.text("TEXT"))
      try conversation.workspace.openCase?.add(.note, command.text("TEXT"), via: conversation.via, pasted: conversation.host.shell?.pasted ?? 0)
    },
  ]
}

extension Conversation {
  /// The open workspace, and its contents.
  fileprivate func whereItIs() throws -> String {
    "\(workspace.store?.file.path ?? "in memory, without a file"): \(try workspace.summary())"
  }

  /// - Throws: what is wrong with the file; the workspace does not change.
  fileprivate func open(_ path: String, salvaging: Bool) throws {
    if let own = workspace.store?.file.path, Paths.areSameFile(own, path), !salvaging {
      return Console.say("already open: \(try whereItIs())")
    }
    if Folder.isFolder(path) {
      throw Diagnostic("cannot-read", "`\(path)` is a folder, but a workspace is a file", help: "import the files in it with `.import \(path)`")
    }
    let isNew = access(path, F_OK) != 0
    let left = workspace
    do {
      use(try Console.working { try workspace.opening(path, salvaging: salvaging, $0) })
    } catch let problem as Diagnostic {
      throw problem.inShell(path)
    }
    Console.say("\(isNew ? "made " : "")\(try whereItIs())")
    if left.store == nil, left.holdsMore { Console.say("the tables in memory stay there; return to them with `.open :memory:`") }
  }

  /// Does the same as `plumb import` with these words.
  fileprivate func importing(_ words: [String]) throws {
    if words.contains(where: { $0 == "--into" || $0.hasPrefix("--into=") }) {
      throw Diagnostic("usage", "`.import` reads into the workspace that is open", help: "`.open` opens another one")
    }
    let words = words.map(Paths.expandingHome)
    let command: ImportCommand
    do {
      command = try ImportCommand.parse(["--into", workspace.store?.file.path ?? "memory"] + words)
    } catch {
      let message = ImportCommand.message(for: error)
      if ImportCommand.exitCode(for: error) == .success { return Console.writeOut(message) }
      throw Diagnostic("usage", message, help: "list the options with `.import --help`")
    }
    do {
      if command.preview {
        let importing = Import(try command.request(), workspace.options)
        return try ImportCommand.show(Console.working { try importing.preview($0) })
      }
      defer { host.didChange(workspace) }
      _ = try Console.working { try workspace.take(command.request(), $0) }
    } catch is Stopped {
      Console.say("stopped; what was read so far is kept")
    } catch let problem as Diagnostic where problem.code == "cancelled" {
      Console.freshLine()
      Console.say("stopped; files already imported completely are kept")
    }
  }

  fileprivate func save(to path: String) throws {
    let saved = try Console.working { work in
      work.stopInOrder()
      try workspace.save(to: path, work)
      return try workspace.opening(path, work)
    }
    use(saved)
    Console.say("saved as \(try whereItIs())")
  }
}

extension Workspace {
  /// Whether memory contains anything that cannot be recreated.
  fileprivate var holdsMore: Bool {
    !catalog.storedFunctions.isEmpty || catalog.tableNames.contains { !catalog.isLazy(tableNamed: $0) }
  }
}

extension Diagnostic {
  /// Translates hints about command-line options to shell commands.
  fileprivate func inShell(_ path: String) -> Diagnostic {
    var said = self
    if help?.contains("--salvage") == true { said.help = "use `.open --salvage \(path)` to load the undamaged parts" }
    if help?.contains("--load") == true { said.help = "import a data file with `.import \(path)`" }
    return said
  }
}

/// What `.report` is given after the file.
private enum ReportChoice {
  /// The file, and which queries the report has: `last 3`, and `all` for those that failed as well.
  static func parts(of text: String) -> (file: String, choice: Report.Choice) {
    var words = text.split(separator: " ", omittingEmptySubsequences: false)
    var choice = Report.Choice()
    if words.count > 1, words.last == "all" {
      choice.hasFailures = true
      words.removeLast()
    }
    if words.count > 2, words[words.count - 2] == "last", let count = words.last.flatMap({ Int($0) }), count > 0 {
      choice.last = count
      words.removeLast(2)
    }
    return (words.joined(separator: " "), choice)
  }

  /// The moment, as `2026-03-31 14:45 UTC`.
  static var date: String {
    var seconds = time_t(Machine.now / 10_000_000 - 62_135_596_800)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday)) \(two(parts.tm_hour)):\(two(parts.tm_min)) UTC"
  }
}
