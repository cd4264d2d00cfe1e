import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbPresentation
import ReadlineShim

/// Messages for people, on standard error, and what the terminal can show.
///
/// All text for a terminal other than results passes through here, and `VisibleText` replaces its control characters.
enum Console {
  /// The choices of `--color`, `.colors` and `--ascii`; nil leaves them to the terminal and its environment.
  struct Look {
    var isStyled: Bool?
    var palette: Palette?
    var isASCII: Bool?
  }

  private static let look = LockedValue(Look())

  static func setLook(_ change: (inout Look) -> Void) { look.withLock { change(&$0) } }

  static let outputIsTerminal = isatty(STDOUT_FILENO) != 0
  private static let errorsAreOnTerminal = isatty(STDERR_FILENO) != 0

  // https://no-color.org: set and not empty.
  private static let stylesAreWelcome: Bool = {
    if let value = getenv("NO_COLOR"), value[0] != 0 { return false }
    if let term = getenv("TERM") { return strcmp(term, "dumb") != 0 }
    return true
  }()

  static var errorsAreStyled: Bool { look.withLock { $0.isStyled } ?? (errorsAreOnTerminal && stylesAreWelcome) }

  static var outputIsStyled: Bool { look.withLock { $0.isStyled } ?? (outputIsTerminal && stylesAreWelcome) }

  /// The colours that suit the terminal's background.
  static var palette: Palette { look.withLock { $0.palette } ?? terminalPalette }

  /// The colours of results; nil for none.
  static var outputPalette: Palette? { outputIsStyled ? palette : nil }

  /// The colours of messages; nil for none.
  static var errorPalette: Palette? { errorsAreStyled ? palette : nil }

  /// What is known of the colours: `off`, `dark` or `light`, and whether the user has chosen them.
  static var colours: String {
    let (isStyled, palette) = look.withLock { ($0.isStyled, $0.palette) }
    let word = outputPalette?.rawValue ?? "off"
    return isStyled == false || palette != nil ? word : "auto (\(word))"
  }

  // `COLORFGBG` is `15;0` or `0;default;15`, as rxvt, Konsole and iTerm set it: the last number is the background's. As in Vim,
  // 7 and those above 8 are light.
  private static let terminalPalette: Palette = {
    guard let value = getenv("COLORFGBG"), let last = String(cString: value).split(separator: ";").last, let number = Int(last) else { return .dark }
    return number == 7 || (9...15).contains(number) ? .light : .dark
  }()

  /// Whether to use only ASCII for frames and symbols: if requested, or on a terminal whose locale is not UTF-8.
  static var isASCII: Bool { look.withLock { $0.isASCII } ?? (outputIsTerminal && !localeIsUTF8) }

  private static let localeIsUTF8: Bool = {
    // The first that is set and not empty decides, as in POSIX.
    for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
      guard let value = getenv(name), value[0] != 0 else { continue }
      let text = String(cString: value).lowercased()
      return text.contains("utf-8") || text.contains("utf8")
    }
    return false
  }()

  /// Columns of the terminal on standard output; nil if it is not a terminal.
  static var columns: Int? {
    guard outputIsTerminal else { return nil }
    let columns = Int(plumb_terminal_columns(STDOUT_FILENO))
    return columns > 0 ? max(20, columns) : 80
  }

  /// Lines of the terminal on standard output; nil if it is not a terminal.
  static var rows: Int? {
    guard outputIsTerminal else { return nil }
    let rows = Int(plumb_terminal_rows(STDOUT_FILENO))
    return rows > 0 ? rows : 24
  }

  /// The format options for the current terminal.
  static func formatOptions(rowLimit: Int?) -> FormatOptions {
    FormatOptions(
      width: columns, rowLimit: rowLimit, palette: outputPalette, height: rows.map { min(max($0 - 6, 8), 40) },
      isASCII: isASCII)
  }

  /// Asks the terminal to put a text into the clipboard (OSC 52).
  static func setClipboard(base64: String) { write("\u{1B}]52;c;\(base64)\u{07}", to: STDOUT_FILENO) }

  /// Writes a line to standard error; on a terminal, a long line is wrapped at spaces.
  static func say(_ text: String) { put(VisibleText.lines(text)) }

  /// Writes a text of Plumb's own, which can contain colours, to standard error.
  private static func put(_ text: String) {
    let width = errorsAreOnTerminal ? Int(plumb_terminal_columns(STDERR_FILENO)) : 0
    let text = width >= 20 ? FoldedText.lines(of: text, width: width) : text
    write(text.hasSuffix("\n") ? text : text + "\n", to: STDERR_FILENO)
  }

  /// Moves to the beginning of a line, wherever the cursor is: the prompt and its colours start there.
  static func freshLine() {
    guard outputIsStyled, let columns else { return }
    // As many blanks as a line is wide end on this line only if they began at its beginning. (As zsh's PROMPT_SP.)
    write(String(repeating: " ", count: columns) + "\r\u{1B}[K", to: STDOUT_FILENO)
  }

  /// Writes a line to standard output, for requested output other than results.
  static func writeOut(_ text: String) {
    let text = outputIsTerminal ? VisibleText.lines(text) : text
    write(text.hasSuffix("\n") ? text : text + "\n", to: STDOUT_FILENO)
  }

  /// The text as a terminal on standard output should show it: long lines are wrapped at spaces.
  static func folded(_ text: String) -> String {
    guard let columns, columns >= 20 else { return text }
    return FoldedText.lines(of: text, width: columns)
  }

  /// Shows `text` in place of the line of standard error on which the cursor is.
  static func replaceLine(with text: String = "") {
    write("\r" + VisibleText.string(text) + "\u{1B}[K", to: STDERR_FILENO)
  }

  /// Writes a line to standard error that is meant to be copied or typed, so that it is never wrapped.
  static func sayUnwrapped(_ text: String) { write(VisibleText.string(text) + "\n", to: STDERR_FILENO) }

  /// Empties the screen of standard output.
  static func clearScreen() { if outputIsStyled { write("\u{1B}[H\u{1B}[2J", to: STDOUT_FILENO) } }

  /// Draws each diagnostic with the part of `source` to which it refers.
  static func report(_ diagnostics: [Diagnostic], source: String, name: String? = nil) {
    let width = Int(plumb_terminal_columns(STDERR_FILENO))
    let renderer = DiagnosticRenderer(maximumColumns: width > 0 ? max(40, width - 8) : 100)
    for diagnostic in diagnostics {
      put(renderer.render(diagnostic, source: source, name: name, palette: errorPalette))
    }
  }

  static func report(_ diagnostic: Diagnostic) { report([diagnostic], source: "") }

  /// Writes a text as it is.
  static func write(_ text: String, to descriptor: Int32) {
    text.withUTF8Bytes { bytes in
      var rest = bytes
      while let base = rest.baseAddress, rest.count > 0 {
        let written = Glibc.write(descriptor, base, rest.count)
        if written < 0 && errno == EINTR { continue }
        if written <= 0 { return }
        rest = rest.part(from: written)
      }
    }
  }
}
