import PlumbEngine
import PlumbSyntax

/// The words inside a step that completion offers.
enum QueryWords {
  /// Words inside a step, offered after a first letter.
  static let all: [String] = {
    let declared = OperatorDeclaration.all.flatMap { $0.clauses + $0.settings.map(\.name) }
    return Set(declared + KQLName.reservedWords + ["not", "regex", "typeof", "matches regex"]).sorted()
  }()

  private static let known = Set(all)

  /// Whether a step has this word, so that it may be more than a name.
  static func isWord(_ word: String) -> Bool { known.contains(word) }

  /// The comparisons for a value of this type, most frequently used first.
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
}
