import Glibc
import PlumbDatabase
import PlumbDiagnostics
import ReadlineShim

/// Messages for people, on standard error, and what the terminal can show.
enum Console {
  static let errorsAreStyled = isatty(STDERR_FILENO) != 0 && stylesAreWelcome
  static let outputIsTerminal = isatty(STDOUT_FILENO) != 0

  // https://no-color.org: set and not empty.
  private static let stylesAreWelcome: Bool = {
    if let value = getenv("NO_COLOR"), value[0] != 0 { return false }
    if let term = getenv("TERM") { return strcmp(term, "dumb") != 0 }
    return true
  }()

  static let outputIsStyled = outputIsTerminal && stylesAreWelcome

  /// Columns of the terminal on standard output; nil when it is none.
  static var columns: Int? {
    guard outputIsTerminal else { return nil }
    let columns = Int(plumb_terminal_columns(STDOUT_FILENO))
    return columns > 0 ? max(20, columns) : 80
  }

  /// Writes a line to standard error.
  static func say(_ text: String) { write(text.hasSuffix("\n") ? text : text + "\n", to: STDERR_FILENO) }

  /// Writes a line to standard output, for what was asked for and is not a result.
  static func writeOut(_ text: String) { write(text.hasSuffix("\n") ? text : text + "\n", to: STDOUT_FILENO) }

  /// Draws each diagnostic with the part of `source` that it is about.
  static func report(_ diagnostics: [Diagnostic], source: String, name: String? = nil) {
    let width = Int(plumb_terminal_columns(STDERR_FILENO))
    let renderer = DiagnosticRenderer(maximumColumns: width > 0 ? max(40, width - 8) : 100)
    for diagnostic in diagnostics {
      say(renderer.render(diagnostic, source: source, name: name, styled: errorsAreStyled))
    }
  }

  static func report(_ diagnostic: Diagnostic) { report([diagnostic], source: "") }

  private static func write(_ text: String, to descriptor: Int32) {
    var text = text
    text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while let base = rest.baseAddress, rest.count > 0 {
        let written = Glibc.write(descriptor, base, rest.count)
        if written < 0 && errno == EINTR { continue }
        if written <= 0 { return }
        rest = UnsafeRawBufferPointer(rebasing: rest[written...])
      }
    }
  }
}
