import ArgumentParser
import Glibc

/// `plumb tour`: ten minutes at the prompt, step by step, which end with the cause of a failing pipeline.
struct TourCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tour", abstract: "Learn Plumb at the prompt, step by step; goes on where it was left.")

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
