import PlumbDiagnostics

/// The memory that a text needs when it is parsed and bound, estimated before that.
package enum SourceSize {
  /// Bytes for a token, as a syntax node and a bound expression.
  private static let bytesOfToken = 300

  /// - Throws: `text-too-long` if the text would need more than `memoryLimit` bytes.
  package static func check(_ text: String, memoryLimit: Int) throws {
    // Nothing needs more than a byte that is a token.
    guard text.utf8.count > memoryLimit / (bytesOfToken + 2) else { return }
    let tokens = tokenCount(text)
    guard tokens > (memoryLimit - 2 * min(text.utf8.count, memoryLimit / 2)) / bytesOfToken else { return }
    throw Diagnostic(
      "text-too-long", "the text has about \(tokens) words and signs, which need more than the memory limit of \(memoryLimit >> 20) MB",
      help: "load data from files, divide the text, or raise `--memory`")
  }

  /// An estimate that is exact for texts without comments and unusual literals.
  private static func tokenCount(_ text: String) -> Int {
    var count = 0
    var quote: UInt8?
    var isInWord = false
    for byte in text.utf8 {
      if let open = quote {
        if byte == open || byte == .newline { quote = nil }
        continue
      }
      let isWord = byte >= 0x80 || byte == .underscore || byte.isASCIILetter || byte.isDigit
      if byte == .quote || byte == .apostrophe { quote = byte }
      if !(isWord && isInWord), byte > .space { count += 1 }
      isInWord = isWord
    }
    return count
  }
}
