import PlumbDiagnostics

/// Reads a text by the parts of a pattern of `parse`: for patterns of texts, columns between them, and whole numbers, the same as the
/// regular expression of the pattern, in one pass over the bytes.
struct PartScanner: Sendable {
  private enum Part {
    /// This text, here.
    case text(TextNeedle, count: Int)
    /// What is before the text that follows, at any length, the shortest first.
    case before(column: Int?)
    /// What is left.
    case rest(column: Int?)
    /// Spaces, a sign, and digits.
    case integer(column: Int)
  }

  private let parts: [Part]
  /// Whether a whole number follows the part: only then does a longer match of the part change anything.
  private let leadsToNumber: [Bool]
  let columnCount: Int

  /// What `match` found.
  enum Outcome {
    case matches, differs
    /// The text needs more than one pass, or has digits or spaces outside ASCII.
    case undecided
  }

  /// How often a part may be read again, before the regular expression has to decide.
  private static let retries = 64

  /// - Parameter description: texts as strings; for each other part an array of its kind (`before`, `rest`, `integer`) and its column, -1 for
  ///   none.
  /// - Returns: nil if it describes nothing.
  init?(_ description: Dynamic) {
    guard case .array(let elements) = description, !elements.isEmpty else { return nil }
    var parts: [Part] = []
    var columns = 0
    for element in elements {
      switch element {
      case .string(let text): parts.append(.text(TextNeedle(text, ignoresCase: false), count: text.utf8.count))
      case .array(let fields):
        guard fields.count == 2, case .string(let kind) = fields[0], case .long(let number) = fields[1] else { return nil }
        let column = number < 0 ? nil : Int(number)
        if let column { columns = Swift.max(columns, column + 1) }
        switch (kind, column) {
        case ("before", _): parts.append(.before(column: column))
        case ("rest", _): parts.append(.rest(column: column))
        case ("integer", let column?): parts.append(.integer(column: column))
        default: return nil
        }
      default: return nil
      }
    }
    self.parts = parts
    columnCount = columns
    leadsToNumber = parts.indices.map { place in
      parts[place...].contains { if case .integer = $0 { true } else { false } }
    }
  }

  /// Reads `text`, and puts what belongs to each column into `columns`.
  func match(_ text: Bytes, into columns: UnsafeMutableBufferPointer<Bytes>) -> Outcome {
    var left = Self.retries
    let found = parts.withUnsafeBufferPointer { match(0, of: $0, at: 0, text, columns, &left) }
    return left < 0 ? .undecided : found ? .matches : .differs
  }

  private func match(
    _ place: Int, of parts: UnsafeBufferPointer<Part>, at start: Int, _ text: Bytes, _ columns: UnsafeMutableBufferPointer<Bytes>,
    _ left: inout Int
  ) -> Bool {
    guard place < parts.count else { return true }
    switch parts[place] {
    case .text(let needle, let count):
      guard needle.isPrefix(of: text.part(from: start)) else { return false }
      return match(place &+ 1, of: parts, at: start &+ count, text, columns, &left)
    case .rest(let column):
      if let column { columns[column] = text.part(from: start) }
      return true
    case .before(let column):
      guard place &+ 1 < parts.count, case .text(let needle, let count) = parts[place &+ 1] else { return false }
      var from = start
      while let found = needle.offset(in: text, from: from) {
        if let column { columns[column] = text.part(from: start, to: found) }
        if match(place &+ 2, of: parts, at: found &+ count, text, columns, &left) { return true }
        left &-= 1
        guard leadsToNumber[place], left >= 0 else { return false }
        from = found &+ 1
      }
      return false
    case .integer(let column):
      var at = start
      while at < text.count, text[at].isSpace { at &+= 1 }
      let number = at
      if at < text.count, text[at] == .plus || text[at] == .minus { at &+= 1 }
      let digits = at
      while at < text.count, text[at].isDigit { at &+= 1 }
      if at < text.count, text[at] >= 0x80 { left = -1 }
      while at > digits {
        columns[column] = text.part(from: number, to: at)
        if match(place &+ 1, of: parts, at: at, text, columns, &left) { return true }
        left &-= 1
        if left < 0 { return false }
        at &-= 1
      }
      return false
    }
  }
}
