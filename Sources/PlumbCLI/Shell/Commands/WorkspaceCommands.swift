import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbKit
import PlumbStorage

/// Commands that change which workspace the shell is in.
extension DotCommand {
  private static let memory = ":memory:"

  static let open = DotCommand(
    name: ".open", usage: ".open [FILE | :memory:]",
    summary: "Goes on in a workspace file, made if it is not there; `:memory:` is the world without a file.",
    examples: [".open incident.plumb", ".open :memory:", ".open --salvage damaged.plumb", ".open"], reachesOut: true,
    text: { rest, shell in
      if rest.isEmpty { return Console.say(try shell.whereItIs()) }
      if rest == memory {
        try shell.useMemory()
        return Console.say(try shell.whereItIs())
      }
      var path = rest
      let salvages = rest.hasPrefix("--salvage ")
      if salvages { path = String(rest.dropFirst("--salvage".count).trimmed) }
      if path.isEmpty || path.hasPrefix("--") { throw usage(".open", "`.open` takes a file") }
      try shell.open(Paths.typed(path), salvaging: salvages)
    })

  static let save = DotCommand(
    name: ".save", usage: ".save FILE", summary: "Writes everything there is into a new workspace file, and goes on in it.",
    examples: [".save incident.plumb"], reachesOut: true,
    text: { rest, shell in
      if rest.isEmpty {
        guard let path = shell.workspace.store?.file.path else { throw usage(".save", "`.save` needs the name of a new file") }
        return Console.say("everything is saved already, in \(path); `.save FILE` copies it")
      }
      try shell.save(to: Paths.typed(rest))
    })

  static let `import` = DotCommand(
    name: ".import", usage: ".import PATH... [--map FILE] [--as NAME] ...",
    summary: "Reads files of data or telemetry into the open workspace, with the options of `plumb import`.",
    examples: [".import runs.csv", ".import target/run_results.json", ".import jobs.ndjson --map jobs.kql --preview"],
    reachesOut: true,
    text: { rest, shell in
      if rest.isEmpty { throw usage(".import", "`.import` needs the path of a file or a folder") }
      try shell.importing(Words.of(rest))
    })
}

extension Shell {
  /// What is open, and what is in it.
  fileprivate func whereItIs() throws -> String {
    "\(workspace.store?.file.path ?? "in memory, in no file"): \(try workspace.summary())"
  }

  /// - Throws: what is wrong with the file; the workspace stays the one it was.
  fileprivate func open(_ path: String, salvaging: Bool) throws {
    if let own = workspace.store?.file.path, Paths.areSameFile(own, path), !salvaging {
      return Console.say("it is open already: \(try whereItIs())")
    }
    if Folder.isFolder(path) {
      throw Diagnostic("cannot-read", "`\(path)` is a folder, and a workspace is a file", help: "`.import \(path)` reads the files in it")
    }
    let isNew = access(path, F_OK) != 0
    let left = workspace
    do {
      use(try Console.working { try workspace.opening(path, salvaging: salvaging, $0) })
    } catch let problem as Diagnostic {
      throw problem.inShell(path)
    }
    Console.say("\(isNew ? "made " : "")\(try whereItIs())")
    if left.store == nil, left.holdsMore { Console.say("what is in memory stays there: `.open :memory:` goes back to it") }
  }

  /// Does what `plumb import` does with these words.
  fileprivate func importing(_ words: [String]) throws {
    if words.contains(where: { $0 == "--into" || $0.hasPrefix("--into=") }) {
      throw DotCommand.usage(".import", "`.import` reads into the workspace that is open; `.open` opens another one")
    }
    let words = words.map(Paths.expandingHome)
    let command: ImportCommand
    do {
      command = try ImportCommand.parse(["--into", workspace.store?.file.path ?? "memory"] + words)
    } catch {
      let message = ImportCommand.message(for: error)
      if ImportCommand.exitCode(for: error) == .success { return Console.writeOut(message) }
      throw Diagnostic("usage", message, help: "`.import --help` lists the options")
    }
    do {
      if command.preview {
        let importing = Import(try command.request(), workspace.options)
        return try ImportCommand.show(Console.working { try importing.preview($0) })
      }
      defer { completion.use(workspace) }
      _ = try Console.working { try workspace.take(command.request(), $0) }
    } catch is Stopped {
      Console.say("stopped; what was read until then is kept")
    } catch let problem as Diagnostic where problem.code == "cancelled" {
      Console.freshLine()
      Console.say("stopped; files that were whole until then are kept")
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
  /// Whether there is something in memory that no one could make again.
  fileprivate var holdsMore: Bool {
    !catalog.storedFunctions.isEmpty || catalog.tableNames.contains { !catalog.isLazy(tableNamed: $0) }
  }
}

extension Diagnostic {
  /// What options of the command line can do is done by commands here.
  fileprivate func inShell(_ path: String) -> Diagnostic {
    var said = self
    if help?.contains("--salvage") == true { said.help = "`.open --salvage \(path)` loads what is sound of it" }
    if help?.contains("--load") == true { said.help = "`.import \(path)` reads a file of data" }
    return said
  }
}
