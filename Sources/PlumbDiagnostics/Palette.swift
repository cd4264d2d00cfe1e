/// The colours of text on a terminal, as ANSI codes, for a dark background or a light one.
///
/// On a dark background they are the terminal's own sixteen. On a light one green, yellow and cyan of these cannot be read, so
/// that the colours are darker ones of the 256, which look the same on every terminal.
package enum Palette: String, Hashable, Sendable, CaseIterable {
  case dark, light

  /// What is coloured.
  package enum Ink: Hashable, Sendable {
    case plain, quiet, bold, marked
    /// Degrees of a status: failed, late, succeeded, running.
    case bad, doubtful, good, going
    /// Diagnostics: their titles, places and help.
    case error, warning, place, help
    /// The text being typed.
    case keyword, function, string, number, comment, mistake, command
    /// A series of a chart; later ones look like the last.
    case series(Int)

    /// All of them, with as many series as have colours.
    package static let all: [Ink] =
      [.plain, .quiet, .bold, .marked, .bad, .doubtful, .good, .going, .error, .warning, .place, .help]
      + [.keyword, .function, .string, .number, .comment, .mistake, .command] + (0...6).map { .series($0) }
  }

  /// The parameters of the ANSI code, such as `1;31`; empty for plain text.
  package func code(_ ink: Ink) -> String {
    let (dark, light) = Self.codes(ink)
    return self == .dark ? dark : light
  }

  /// The sequence that begins a text in this ink; empty for plain text.
  package func start(_ ink: Ink) -> String {
    let code = code(ink)
    return code.isEmpty ? "" : "\u{1B}[\(code)m"
  }

  /// The sequence that ends it.
  package static let end: StaticString = "\u{1B}[0m"

  /// The text in this ink.
  package func styled(_ text: String, _ ink: Ink) -> String {
    ink == .plain || text.isEmpty ? text : "\(start(ink))\(text)\(Self.end)"
  }

  private static func codes(_ ink: Ink) -> (dark: String, light: String) {
    switch ink {
    case .plain: ("", "")
    case .quiet: ("2", "38;5;240")
    case .bold: ("1", "1")
    case .marked: ("7", "7")
    case .bad: ("31", "38;5;160")
    case .doubtful: ("33", "38;5;130")
    case .good: ("32", "38;5;28")
    case .going: ("36", "38;5;24")
    case .error, .mistake: ("1;31", "1;38;5;160")
    case .warning: ("1;33", "1;38;5;130")
    case .place: ("34", "38;5;25")
    case .help, .function: ("36", "38;5;24")
    case .keyword: ("1;35", "1;38;5;127")
    case .string: ("32", "38;5;28")
    case .number: ("33", "38;5;130")
    case .comment: ("90", "38;5;240")
    case .command: ("1;36", "1;38;5;24")
    // Blue, red, green, magenta, yellow, cyan, grey.
    case .series(0): ("34", "38;5;25")
    case .series(1): ("31", "38;5;160")
    case .series(2): ("32", "38;5;28")
    case .series(3): ("35", "38;5;127")
    case .series(4): ("33", "38;5;130")
    case .series(5): ("36", "38;5;24")
    case .series: ("90", "38;5;240")
    }
  }
}

extension Optional<Palette> {
  /// The text in this ink; as it is without a palette.
  package func styled(_ text: String, _ ink: Palette.Ink) -> String { map { $0.styled(text, ink) } ?? text }
}
