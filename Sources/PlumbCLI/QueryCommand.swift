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
      "A workspace file, and `-` to read the query from standard input, as without -c and -f.", valueName: "workspace"))
  var inputs: [String] = []

  @OptionGroup(title: "Result") var output: OutputOptions
  @OptionGroup(title: "Data and limits") var data: DataOptions

  func validate() throws {
    if text != nil && file != nil { throw ValidationError("-c and -f exclude each other") }
    if inputs.contains("-"), text != nil || file != nil { throw ValidationError("'-' does not go with -c or -f") }
    let paths = inputs.filter { $0 != "-" }
    if let path = paths.first { try WorkspacePath.check(path, else: "write a query after -c, or a file with one after -f") }
    if paths.count > 1 { throw ValidationError("one workspace at a time, not '\(paths[1])' as well") }
  }

  func run() throws {
    let runner = try Failure.guarding {
      let (text, name) = try source()
      return try QueryRunner(text: text, name: name, data: data, workspace: inputs.first { $0 != "-" })
    }
    try runner.run(to: output)
  }

  /// The query, and the name of the file it is from.
  private func source() throws -> (text: String, name: String?) {
    if let text { return (text, nil) }
    if let file { return (try QueryText.file(file), file) }
    if isatty(STDIN_FILENO) != 0 { Console.say("Type a query and end it with Ctrl-D on a line of its own.") }
    return (try QueryText.standardInput(), nil)
  }
}
