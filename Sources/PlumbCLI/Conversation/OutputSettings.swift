import PlumbDatabase
import PlumbKit
import PlumbPresentation

/// The user's settings for the rest of the session.
struct OutputSettings {
  var format: ResultFormat
  /// Whether the format was named rather than the default.
  var isFormatChosen: Bool
  var isTiming: Bool
  /// Rows of a result that are shown; nil for all.
  var rowLimit: Int?
  var usesPager = true
  /// Where results go instead of the terminal or the standard output.
  var output: OutputTarget?
  /// The destination of the next result.
  var once: OutputTarget?
  /// What names the files that commands write.
  var origin = Destination.Origin.user
  /// Once set it stays.
  var isSafe: Bool
  /// Cells to highlight, for `.watch`.
  var marks: Set<CellPlace> = []
}
