import ArgumentParser
import Glibc
import PlumbDiagnostics

/// Which arguments name workspace files.
enum WorkspacePath {
  static let ending = ".plumb"

  /// A name that ends in `.plumb`, or an existing file.
  static func isWorkspace(_ path: String) -> Bool { path.hasSuffix(ending) || access(path, F_OK) == 0 }

  /// - Throws: a usage error for a text that is neither.
  static func check(_ path: String, else advice: String) throws {
    if isWorkspace(path) { return }
    // The value of an option that does not exist looks like an argument.
    if let option = unknownOption(before: path) {
      let known = ManPage.optionNames(of: CommandLine.arguments.dropFirst().first ?? "query") + ManPage.optionNames(of: "query")
      let nearest = Suggestion.nearest(to: option, in: known)
      throw ValidationError("Unknown option '\(option)'\(nearest.map { "; " + $0.replacing("`", with: "'") } ?? "")")
    }
    throw ValidationError("unexpected '\(path)'; \(advice)")
  }

  /// The option before an argument, if no command has it.
  private static func unknownOption(before path: String) -> String? {
    let arguments = CommandLine.arguments
    guard let place = arguments.dropFirst().firstIndex(of: path), place > 1 else { return nil }
    let option = arguments[place - 1]
    guard option.hasPrefix("--"), option.utf8.count > 2, !option.contains("=") else { return nil }
    let commands = Plumb.configuration.subcommands.compactMap { $0.configuration.commandName }
    let command = arguments.dropFirst().first.flatMap { commands.contains($0) ? $0 : nil } ?? "shell"
    return ManPage.optionNames(of: command).contains(option) ? nil : option
  }
}
