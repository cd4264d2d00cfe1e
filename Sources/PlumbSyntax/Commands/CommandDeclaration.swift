/// A command, which begins with a dot, as it is declared: how it is written, what help says of it, where it works.
///
/// The parser reads commands by their declarations. What a command does is an action of the module that can do it,
/// registered under the command's name.
package struct CommandDeclaration: Sendable {
  /// Where a command has a meaning.
  package enum Place: Sendable {
    /// In the shell, in scripts, in the text of `-c` and of standard input.
    case everywhere
    /// In the interactive shell.
    case shell
    /// In the shell during the tour.
    case tour
    /// During the tour, and where a case is open.
    case investigation
  }

  package struct Traits: OptionSet, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    /// Its rows can be piped on: `.show tables | count`.
    package static let isTabular = Traits(rawValue: 1)
    /// It touches files or programs beyond the workspace, which a safe shell refuses.
    package static let reachesOut = Traits(rawValue: 2)
  }

  /// The words it begins with, such as `.show tables`; the word `T` is the name of a table.
  package let name: String
  /// Other names that people know.
  package let aliases: [String]
  package let place: Place
  package let traits: Traits
  /// How the text goes on after the name.
  package let parts: Usage
  /// One sentence.
  package let summary: String
  /// Lines that a user can type one after the other; a test runs them.
  package let examples: [String]

  init(
    _ name: String, aliases: [String] = [], _ parts: [Usage.Part] = [], in place: Place = .everywhere,
    traits: Traits = [], summary: String, examples: [String]
  ) {
    self.name = name
    self.aliases = aliases
    self.place = place
    self.traits = traits
    self.parts = Usage(parts)
    self.summary = summary
    self.examples = examples
  }

  /// As help shows it.
  package var usage: String { parts.text.isEmpty ? name : "\(name) \(parts.text)" }

  package var words: [Substring] { name.split(separator: " ") }
  package var firstWord: String { String(words[0]) }
  package var secondWord: String? { words.count > 1 ? String(words[1]) : nil }

  /// Whether it ends with its line, and its text is left to it.
  var isLine: Bool { !traits.contains(.isTabular) && words.count == 1 && Self.places(parts.parts).allSatisfy(\.isLeftToCommand) }

  /// Whether it may take several lines.
  var takesLines: Bool { Self.places(parts.parts).contains(where: \.takesLines) }

  private static func places(_ parts: [Usage.Part]) -> [Usage.Place] {
    parts.flatMap { part -> [Usage.Place] in
      switch part {
      case .word, .either: []
      case .value(let place, _): [place]
      case .optional(let inner), .hidden(let inner): places(inner)
      }
    }
  }
}

extension CommandDeclaration {
  /// All commands, by topic. To add one, add an element to a list, and its action where it can be done.
  package static let all: [CommandDeclaration] =
    ofTables + ofFunctions + ofModels + ofAlerts + ofDatabases + ofScripts + ofFiles + ofLooks + ofTexts + ofSessions + ofCases

  private static let byName: [String: CommandDeclaration] = {
    var table: [String: CommandDeclaration] = [:]
    for declaration in all {
      for name in [declaration.name] + declaration.aliases { table[name] = declaration }
    }
    return table
  }()

  /// The command of this name or other name.
  package static func named(_ name: String) -> CommandDeclaration? { byName[name] }

  private static let byFirstWord: [String: [CommandDeclaration]] = {
    var table = Dictionary(grouping: all, by: \.firstWord)
    for declaration in all {
      for alias in declaration.aliases { table[alias, default: []].append(declaration) }
    }
    return table
  }()

  /// The commands that begin with a word such as `.show`, in lower case.
  package static func beginning(with word: String) -> [CommandDeclaration] { byFirstWord[word] ?? [] }

  /// The first words of all commands, in alphabetical order.
  package static let firstWords = Set(all.map(\.firstWord)).sorted()
}
