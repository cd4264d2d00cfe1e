import ArgumentParser
import PlumbDatabase
import PlumbDiagnostics
import PlumbKit
import PlumbPresentation
import PlumbSyntax

/// `plumb run`: scripts of several statements; each answer is written when it is ready.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run scripts of several statements.")

  @Argument(
    help: ArgumentHelp("KQL files to run in this order, and a workspace `FILE.plumb`.", valueName: "script.kql"))
  var scripts: [String]

  @Flag(help: "Continue with the next statement after an error.")
  var keepGoing = false

  @OptionGroup(title: "Result") var output: OutputOptions
  @OptionGroup(title: "Data and limits") var data: DataOptions

  func validate() throws {
    let files = scripts.filter { $0.hasSuffix(WorkspacePath.ending) }
    if files.count > 1 { throw ValidationError("only one workspace can be open; unexpected '\(files[1])'") }
    if files.count == scripts.count { throw ValidationError("no script to run") }
  }

  func run() throws {
    let (workspace, texts) = try Failure.guarding {
      let files = scripts.filter { $0.hasSuffix(WorkspacePath.ending) }
      let texts = try scripts.filter { !$0.hasSuffix(WorkspacePath.ending) }.map { (name: $0, text: try QueryText.file($0)) }
      try ParameterNames.check(data.parameterNames, declaredIn: texts.map(\.text))
      return (try data.workspace(files.first, for: texts.map(\.text)), texts)
    }
    let host = try Failure.guarding { try ScriptHost(output, goesOn: keepGoing) }
    try host.run(texts.map { ($0.name, $0.text) }, in: workspace, isSafe: data.safe)
  }
}
