import ArgumentParser
import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbKit

/// `plumb query`: one text with one query or several statements, from an argument, a file or standard input.
struct QueryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query", abstract: "Run one query and write its result.")

  @Option(name: .customShort("c"), help: ArgumentHelp("The query.", valueName: "KQL"))
  var text: String?

  @Option(name: [.customShort("f"), .customLong("file")], help: ArgumentHelp("A file with the query.", valueName: "path"))
  var file: String?

  @Argument(
    help: ArgumentHelp(
      "A workspace file, and `-` to read the query from standard input (the default without -c and -f).", valueName: "workspace"))
  var inputs: [String] = []

  @OptionGroup(title: "Result") var output: OutputOptions
  @OptionGroup(title: "Data and limits") var data: DataOptions

  func validate() throws {
    if text != nil && file != nil { throw ValidationError("-c and -f cannot be combined") }
    if inputs.contains("-"), text != nil || file != nil { throw ValidationError("'-' cannot be combined with -c or -f") }
    let paths = inputs.filter { $0 != "-" }
    if let path = paths.first { try WorkspacePath.check(path, else: "pass a query with -c, or a file that contains one with -f") }
    if paths.count > 1 { throw ValidationError("only one workspace can be open; unexpected '\(paths[1])'") }
  }

  func run() throws {
    let runner = try Failure.guarding {
      let (text, name) = try source()
      return try QueryRunner(text: text, name: name, data: data, workspace: inputs.first { $0 != "-" })
    }
    try runner.run(to: output)
  }

  /// The query, and the name of its file.
  private func source() throws -> (text: String, name: String?) {
    if let text { return (text, nil) }
    if let file { return (try QueryText.file(file), file) }
    if isatty(STDIN_FILENO) != 0 { Console.say("Type a query and end it with Ctrl-D on a new line.") }
    return (try QueryText.standardInput(), nil)
  }
}
