import PlumbDiagnostics

/// The words of a command's line, as a shell splits them: quotes group words.
enum Words {
  /// - Throws: a diagnostic for a quote that is not closed.
  static func of(_ line: String) throws -> [String] {
    var words: [String] = []
    var word = ""
    var hasWord = false
    var quote: Character?
    for character in line {
      if let open = quote {
        if character == open { quote = nil } else { word.append(character) }
      } else if character == "\"" || character == "'" {
        quote = character
        hasWord = true
      } else if character.isWhitespace {
        if hasWord { words.append(word) }
        word = ""
        hasWord = false
      } else {
        word.append(character)
        hasWord = true
      }
    }
    if let quote { throw Diagnostic("open-quote", "the quote `\(quote)` is not closed") }
    return hasWord ? words + [word] : words
  }
}
