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
  var prompt = "plumb> "
  /// Where queries are logged, for `.log`.
  var log: SessionLog?
  /// How tables show nulls, types, large numbers and long results.
  var nullText = ""
  var showsTypes = false
  var groupsThousands = false
  var showsTail = false
  /// Cells to highlight, for `.watch`.
  var marks: Set<CellPlace> = []

  /// The options of a writer with what is chosen here.
  func applied(to options: FormatOptions) -> FormatOptions {
    var options = options
    options.marks = marks
    options.nullText = nullText
    options.showsTypes = showsTypes
    options.groupsThousands = groupsThousands
    options.showsTail = showsTail
    return options
  }
}
