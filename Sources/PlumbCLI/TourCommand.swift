import ArgumentParser
import Glibc

/// `plumb tour`: a ten-minute introduction at the prompt, step by step, which ends with the cause of a failing pipeline.
struct TourCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tour", abstract: "Learn Plumb interactively, step by step; resumes where you left it.")

  @Flag(help: "Begin again.")
  var restart = false

  func run() throws {
    guard isatty(STDIN_FILENO) != 0 else {
      throw ValidationError("the tour needs a terminal")
    }
    let workspace = try Failure.guarding { try DataOptions.parse([]).workspace(nil) }
    let shell = Shell(workspace: workspace, output: try OutputOptions.parse([]))
    shell.tour = try Failure.guarding { try Tour(in: workspace, restarts: restart) }
    shell.run()
  }
}
