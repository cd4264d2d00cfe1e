import ArgumentParser
import Glibc
import PlumbDatabase
import PlumbEngine
import PlumbSimulator
import PlumbStorage
import ReadlineShim

/// The root of the command line: what follows `plumb`.
@main
struct Plumb: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plumb",
    abstract: "KQL for pipeline telemetry, in a terminal.",
    discussion: """
      Exit status: 0 success, 1 the query or its data failed, 2 usage error, 3 --fail-if-rows found rows, \
      130 interrupted.
      """,
    version: versionText,
    subcommands: [
      ShellCommand.self, QueryCommand.self, RunCommand.self, SimulateCommand.self, ImportCommand.self, ExportCommand.self,
      AlertCommand.self,
      PipeCommand.self, ServeCommand.self, MCPCommand.self, CaseCommand.self, TourCommand.self, ManualCommand.self, CompletionsCommand.self, ManCommand.self,
    ],
    defaultSubcommand: ShellCommand.self)

  static let version = PlumbVersion.text

  /// Plumb's version, and those of the linked libraries.
  private static var versionText: String {
    """
    Plumb \(version)
    readline \(String(cString: plumb_readline_version()))
    SQLite \(sqliteVersion)
    """
  }

  static func main() {
    // A closed pipe appears as an error of `write`, not as a signal.
    signal(SIGPIPE, SIG_IGN)
    // So does a limit on the size of files.
    signal(SIGXFSZ, SIG_IGN)
    Interrupts.shared.start()
    if let folder = getenv("TZDIR") {
      TimeZones.use(SystemTimeZones(folders: [String(cString: folder)] + SystemTimeZones.usualFolders))
    }
    do {
      var command = try namedCommand() ?? parseAsRoot()
      try command.run()
      Glibc.exit(ExitStatus.done.rawValue)
    } catch let status as ExitStatus {
      Glibc.exit(status.rawValue)
    } catch {
      let text = fullMessage(for: error)
      if exitCode(for: error).isSuccess {
        Console.writeOut(text)
        Glibc.exit(ExitStatus.done.rawValue)
      }
      Console.say(text)
      Glibc.exit(ExitStatus.usage.rawValue)
    }
  }
}

extension Plumb {
  /// The command that the first word names, read from the words after it.
  ///
  /// Reading it through the root costs a quarter of the time of a short query: the options of the default command are
  /// collected as well, and those of the named one several times. What is wrong, or asks for help, is left to the root,
  /// which knows the whole line.
  private static func namedCommand() -> (any ParsableCommand)? {
    let words = CommandLine.arguments.dropFirst()
    guard let named = configuration.subcommands.first(where: { $0.configuration.commandName == words.first }),
      let command = try? named.parseAsRoot(Array(words.dropFirst())), type(of: command) == named
    else { return nil }
    return command
  }
}

/// How the process ends; thrown to end it after everything was reported.
enum ExitStatus: Int32, Error {
  case done = 0
  /// The query or its data failed.
  case failed = 1
  case usage = 2
  /// `--fail-if-rows` found rows.
  case foundRows = 3
  case interrupted = 130
}
