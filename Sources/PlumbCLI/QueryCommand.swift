import ArgumentParser
import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbKit

/// `plumb query`: one text with one query or several statements, from an argument, a file or standard input.
struct QueryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query", abstract: "Run one query and write its result.")

  @Option(name: .customShort("c"), help: ArgumentHelp("The query; several are run in turn.", valueName: "KQL"))
  var texts: [String] = []

  @Option(name: [.customShort("f"), .customLong("file")], help: ArgumentHelp("A file with the query.", valueName: "path"))
  var file: String?

  @Argument(
    help: ArgumentHelp(
      "A workspace file, and `-` to read the query from standard input (the default without -c and -f).", valueName: "workspace"))
  var inputs: [String] = []

  @OptionGroup(title: "Result") var output: OutputOptions
  @OptionGroup(title: "Data and limits") var data: DataOptions

  func validate() throws {
    if !texts.isEmpty && file != nil { throw ValidationError("-c and -f cannot be combined") }
    if inputs.contains("-"), !texts.isEmpty || file != nil { throw ValidationError("'-' cannot be combined with -c or -f") }
    let paths = inputs.filter { $0 != "-" }
    if let path = paths.first { try WorkspacePath.check(path, else: "pass a query with -c, or a file that contains one with -f") }
    if paths.count > 1 { throw ValidationError("only one workspace can be open; unexpected '\(paths[1])'") }
  }

  func run() throws {
    let runner = try Failure.guarding {
      return try QueryRunner(try sources(), data: data, workspace: inputs.first { $0 != "-" })
    }
    try runner.run(to: output)
  }

  /// The queries, and the names of their files.
  private func sources() throws -> [(name: String?, text: String)] {
    if !texts.isEmpty { return texts.map { (nil, $0) } }
    if let file { return [(file, try QueryText.file(file))] }
    if isatty(STDIN_FILENO) != 0 { Console.say("Type a query and end it with Ctrl-D on a new line.") }
    return [(nil, try QueryText.standardInput())]
  }
}
