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
    case 0x80...0x9F, 0x2028...0x202E, 0x2066...0x2069: "\u{FFFD}"
    default: scalar
    }
  }
}
