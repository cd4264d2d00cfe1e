import PlumbDatabase
import PlumbEngine
import PlumbPresentation

/// The words that stand inside a step, by the place where they may stand.
extension Guide {
  /// Words inside a step, wherever a letter asks for them.
  static let words = [
    "and", "or", "not", "in", "has", "has_any", "has_all", "contains", "startswith", "endswith", "between",
    "matches", "regex", "by", "on", "asc", "desc", "nulls", "first", "last", "with", "kind", "from", "to",
    "step", "of", "typeof", "true", "false",
  ]

  /// What compares a value of this type, in the order of how often it is wanted.
  static func comparisons(of type: ScalarType) -> [String] {
    switch type {
    case .string:
      [
        "==", "!=", "has", "!has", "contains", "!contains", "startswith", "!startswith", "endswith", "!endswith", "in", "!in",
        "=~", "!~", "has_any", "has_all", "matches regex",
      ]
    case .dynamic: ["has", "!has", "contains", "!contains", "has_any", "has_all"]
    case .bool: ["and", "or", "==", "!="]
    case .guid: ["==", "!=", "in", "!in"]
    case .int, .long, .real, .decimal, .datetime, .timespan: ["==", "!=", "<", "<=", ">", ">=", "between", "in", "!in"]
    }
  }

  static let joinKinds = [
    "innerunique", "inner", "leftouter", "rightouter", "fullouter", "leftanti", "rightanti", "leftsemi",
    "rightsemi",
  ]

  static let charts = ChartKind.allCases.map(\.rawValue).sorted() + ["table"]

  /// What `render ... with (...)` takes.
  static let chartProperties = [
    "title", "file", "kind", "xcolumn", "ycolumns", "series", "xtitle", "ytitle", "ymin", "ymax", "xaxis", "yaxis",
    "legend", "anomalycolumns", "theme",
  ]

  /// The values of those properties that have a few.
  static let chartPropertyValues = [
    "kind": ["default", "stacked", "stacked100", "unstacked"], "theme": ["dark", "light"], "legend": ["hidden", "visible"],
    "xaxis": ["linear", "log"], "yaxis": ["linear", "log"],
  ]

  /// Properties of charts that name columns.
  static let chartColumnProperties: Set<String> = ["xcolumn", "ycolumns", "series", "anomalycolumns"]

  /// Steps in which aggregates may be called.
  static let aggregating: Set<String> = ["summarize", "make-series", "top-nested", "mv-apply", "partition"]

  /// Steps whose brackets hold steps over the rows before them.
  static let nesting: Set<String> = ["partition", "mv-apply"]
}
