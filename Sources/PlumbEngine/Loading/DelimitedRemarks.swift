/// The lines below a table that are remarks and not rows, such as `(2 rows affected)`, over the blocks that end a text.
///
/// Remarks are few and narrower than the table, and nothing but remarks follows them. A row that is cut off in the middle is not
/// one: it does not end with a newline.
struct DelimitedRemarks {
  /// The maximum number of lines.
  static let most = 8

  /// Lines at the end of a block that are remarks if the text ends with them.
  struct Part {
    let lines: Int
    /// Whether they read like a sentence, whatever the text ends with.
    let isSentence: Bool
    /// What is wrong with the first of them as a row.
    let failure: DelimitedPass.Failure
  }

  private var parts: [Int: Part] = [:]
  /// The last block that has rows, or fails.
  private var lastRows = -1
  private var endsOpenly = false

  /// Adds what is known about a block, in any order.
  mutating func add(_ part: Part?, of block: TextBlock, hasRows: Bool, endsOpenly: Bool) {
    if let part { parts[block.index] = part }
    if hasRows { lastRows = Swift.max(lastRows, block.index) }
    self.endsOpenly = self.endsOpenly || endsOpenly
  }

  var lines: Int { parts.values.reduce(0) { $0 + $1.lines } }

  /// What is wrong with the first of the lines if they are not remarks, as far as the blocks tell.
  var failure: DelimitedPass.Failure? {
    guard let first = parts.keys.min() else { return nil }
    return lastRows > first || lines > Self.most ? parts[first]?.failure : nil
  }

  /// The same once all blocks are added; `isAtEnd` is false if the text has more of them.
  func finalFailure(isAtEnd: Bool) -> DelimitedPass.Failure? {
    if let failure { return failure }
    guard let first = parts.keys.min() else { return nil }
    return isAtEnd && (!endsOpenly || parts.values.contains(where: \.isSentence)) ? nil : parts[first]?.failure
  }
}
