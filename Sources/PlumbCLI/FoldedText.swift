import PlumbDiagnostics

/// Messages for people, wrapped between words so that a terminal does not break them inside one.
enum FoldedText {
  /// The lines of a text, each in at most `width` columns if its words allow it; colours have no width.
  static func lines(of text: String, width: Int) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { fold(String($0), width) }.joined(separator: "\n")
  }

  private static func fold(_ line: String, _ width: Int) -> String {
    // Without wide characters a text is never wider than its number of bytes.
    if line.utf8.count <= width || columns(of: line[...]) <= width { return line }
    var out = ""
    var taken = 0
    for (i, word) in line.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
      let size = columns(of: word)
      if i > 0 {
        if taken + 1 + size > width, taken > 0 {
          out += "\n"
          taken = 0
        } else {
          out += " "
          taken += 1
        }
      }
      out += word
      taken += size
    }
    return out
  }

  private static func columns(of text: Substring) -> Int {
    guard text.utf8.contains(0x1B) else { return DisplayWidth.columns(of: String(text)) }
    var plain = ""
    var isCode = false
    for character in text {
      if character == "\u{1B}" { isCode = true } else if !isCode { plain.append(character) } else if character.isLetter { isCode = false }
    }
    return DisplayWidth.columns(of: plain)
  }
}
