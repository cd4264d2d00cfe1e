/// Text as a terminal may show it: control characters become pictures, so that no value can control the terminal.
package enum VisibleText {
  package static func string(_ text: String) -> String { string(text, isASCII: false) }

  package static func string(_ text: String, isASCII: Bool) -> String {
    if text.utf8.allSatisfy(isPlain) { return text }
    var out = ""
    for scalar in text.unicodeScalars {
      let shown = visible(scalar)
      // A terminal without Unicode shows as much of the data as it can, but no pictures of ours.
      out.unicodeScalars.append(isASCII ? shown != scalar ? "?" : plain(scalar) : shown)
    }
    return out
  }

  /// A text of several lines, each made visible.
  package static func lines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { string(String($0)) }.joined(separator: "\n")
  }

  /// A text that is typed again: line feeds and tabs stay.
  package static func typed(_ text: String) -> String {
    if isVisible(text) { return text }
    var out = ""
    for scalar in text.unicodeScalars { out.unicodeScalars.append(scalar == "\n" || scalar == "\t" ? scalar : visible(scalar)) }
    return out
  }

  /// Whether the text looks as it is, without characters that control a terminal or cannot be seen.
  package static func isVisible(_ text: String) -> Bool {
    text.utf8.allSatisfy(isPlain) || text.unicodeScalars.allSatisfy { visible($0) == $0 }
  }

  @inline(__always) package static func isPlain(_ byte: UInt8) -> Bool { byte >= 0x20 && byte < 0x7F }

  /// The lines of trees, as in plans, in ASCII.
  private static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar {
    case "│", "├": "|"
    case "└": "`"
    case "─": "-"
    default: scalar
    }
  }

  package static func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.value {
    case 0...0x1F: Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}"
    case 0x7F: "\u{2421}"
    case 0x80...0x9F, 0x61C, 0x180E, 0x200B, 0x200E...0x200F, 0x2028...0x202E, 0x2060...0x2069, 0xFEFF, 0xFFF9...0xFFFB,
      0xE0000...0xE007F:
      "\u{FFFD}"
    default: scalar
    }
  }
}
