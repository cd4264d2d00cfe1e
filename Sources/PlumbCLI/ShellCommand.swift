import ArgumentParser
import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbKit

/// `plumb` without a command: the shell on a terminal; otherwise the query is read from standard input.
struct ShellCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shell", abstract: "Start the interactive shell (the default command).")

  @Argument(help: ArgumentHelp("A workspace file, created if missing.", valueName: "workspace.plumb"))
  var file: String?

  @OptionGroup(title: "Result") var output: OutputOptions
  @OptionGroup(title: "Data and limits") var data: DataOptions

  func validate() throws {
    if let file { try WorkspacePath.check(file, else: "a workspace file must end in .plumb; `plumb --help` lists the commands") }
  }

  func run() throws {
    guard isatty(STDIN_FILENO) != 0 else {
      let runner = try Failure.guarding {
        try QueryRunner([(nil, try QueryText.standardInput())], data: data, workspace: file)
      }
      return try runner.run(to: output)
    }
    if output.file != nil || output.failIfRows {
      throw ValidationError("-o and --fail-if-rows work only with `plumb query` and `plumb run`")
    }
    let workspace = try Failure.guarding { try data.workspace(file) }
    if workspace.openCase?.isOpen == true { Console.writeOut(Console.folded(try CaseDesk(workspace, via: "shell").brief())) }
    Shell(workspace: workspace, output: output, isSafe: data.safe).run()
  }
}
