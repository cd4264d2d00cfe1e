import PlumbDiagnostics

/// Names of columns as a query or a person reads them.
package enum KQLName {
  /// The name as a schema requires it: bare, or as `['...']` if it would be read as something else.
  package static func inSchema(_ name: String) -> String {
    if isIdentifier(name) && !isReserved(name) { return name }
    var escaped = ""
    for character in name.unicodeScalars {
      switch character {
      case "'", "\\": escaped += "\\" + String(character)
      case "\n": escaped += "\\n"
      case "\r": escaped += "\\r"
      case "\t": escaped += "\\t"
      default: escaped.unicodeScalars.append(character)
      }
    }
    return "['\(escaped)']"
  }

  /// The name as an expression requires it: bare, or as `['...']`.
  package static func inQuery(_ name: String) -> String { inSchema(name) }

  /// The name with control characters made visible.
  package static func printable(_ name: String) -> String { VisibleText.string(name) }

  private static func isIdentifier(_ name: String) -> Bool {
    guard let first = name.utf8.first, !isDigit(first) else { return false }
    return name.utf8.allSatisfy { isDigit($0) || $0 == .underscore || ($0 | 0x20) &- 0x61 < 26 }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  /// The words that are names only in `['...']`, in alphabetical order.
  package static let reservedWords = ReservedWords.all.sorted()

  /// Whether the bare word has another meaning somewhere where a name is allowed.
  private static func isReserved(_ name: String) -> Bool {
    ReservedWords.all.contains(name) || ReservedWords.beforeOthers.contains(name)
  }
}
