/// Text in pages and pictures.
package enum MarkupText {
  /// Text for XML and HTML: what they give a meaning is escaped, and what XML forbids is replaced.
  package static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      case "\n", "\r", "\t": out.unicodeScalars.append(scalar)
      default: out.unicodeScalars.append(scalar.value < 0x20 || (0xFFFE...0xFFFF).contains(scalar.value) ? "\u{FFFD}" : scalar)
      }
    }
    return out
  }
}
