import ArgumentParser
import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbKit

/// `plumb` alone: the shell on a terminal; off one, the query is read from standard input.
struct ShellCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shell", abstract: "Ask questions one after the other; what plumb alone does.")

  @Argument(help: ArgumentHelp("A workspace file, made if it is not there.", valueName: "workspace.plumb"))
  var file: String?

  @Flag(help: "Touch no files and start no programs beyond the workspace.")
  var safe = false

  @OptionGroup(title: "Result") var output: OutputOptions
  @OptionGroup(title: "Data and limits") var data: DataOptions

  func validate() throws {
    if let file { try WorkspacePath.check(file, else: "a workspace file ends in .plumb; `plumb --help` lists the commands") }
  }

  func run() throws {
    guard isatty(STDIN_FILENO) != 0 else {
      let runner = try Failure.guarding {
        try QueryRunner(text: try QueryText.standardInput(), name: nil, data: data, workspace: file, isSafe: safe)
      }
      return try runner.run(to: output)
    }
    if output.output != nil || output.failIfRows {
      throw ValidationError("-o and --fail-if-rows are for `plumb query` and `plumb run`")
    }
    let workspace = try Failure.guarding { try data.workspace(file) }
    Shell(workspace: workspace, output: output, isSafe: safe).run()
  }
}
