import PlumbDatabase
import PlumbPresentation

/// What the user has chosen for the rest of the session.
struct ShellSettings {
  var format: ResultFormat
  /// Whether the format was named rather than the terminal's default.
  var isFormatChosen: Bool
  var isTiming = true
  var rowLimit: Int
  var usesPager = true
  /// Where results go instead of the terminal.
  var output: OutputTarget?
  /// Where the next result goes.
  var once: OutputTarget?
  /// Once set it stays.
  var isSafe: Bool
  /// Cells to be marked, for `.watch`.
  var marks: Set<CellPlace> = []

  init(_ options: OutputOptions, isSafe: Bool) {
    format = options.format ?? .auto
    isFormatChosen = options.format != nil
    rowLimit = options.rowLimit ?? Results.terminalRowLimit
    self.isSafe = isSafe
  }
}
