import PlumbEngine

/// How a text departs from the delimited text that the loader reads, whose quotes inside a quoted field are doubled.
struct DelimitedRewriting: Hashable, Sendable {
  var delimiter: UInt8
  var quote: UInt8
  var newline: UInt8
  /// What makes the next byte of a quoted field literal, such as a backslash.
  var escape: UInt8?
  /// Whether a quote may follow blanks after a delimiter, and blanks a closing quote.
  var skipsBlanks = false
  /// What a line starts with, perhaps after blanks, that is not a row.
  var comment: UInt8?
  /// Whether comments also follow the values of a row; blanks before them do not count.
  var commentsFollowValues = false
  /// Whether the newlines of such lines remain, so that lines keep their numbers.
  var keepsLines = true
  /// Unquoted fields that mean null.
  var nulls: [[UInt8]] = []

  var isNeeded: Bool { escape != nil || skipsBlanks || comment != nil || !nulls.isEmpty }

  /// The text as the loader reads it.
  func applied(to bytes: [UInt8]) -> [UInt8] {
    var rewriter = DelimitedRewriter(self)
    bytes.withBytes { rewriter.add($0) }
    rewriter.finish()
    return rewriter.output
  }
}

/// Rewrites a text piece by piece.
struct DelimitedRewriter: TextConverter {
  private enum Place {
    case lineStart, lineBlanks, fieldStart, unquoted, quoted, escaped, quoteInQuoted, afterQuoted, comment, restOfRow
  }

  private let rules: DelimitedRewriting
  private let longestNull: Int
  private var place = Place.lineStart
  /// Blanks before a field that may be quoted.
  private var blanks = 0
  private var fieldStart = 0
  private(set) var output: [UInt8] = []

  init(_ rules: DelimitedRewriting) {
    self.rules = rules
    longestNull = rules.nulls.map(\.count).max() ?? -1
  }

  var readyCount: Int { place == .unquoted && (longestNull >= 0 || rules.commentsFollowValues) ? fieldStart : output.count }

  mutating func removeReady(_ count: Int) {
    output.removeFirst(count)
    fieldStart -= count
  }

  mutating func add(_ bytes: Bytes) {
    for byte in bytes { add(byte) }
  }

  private mutating func add(_ byte: UInt8) {
    switch place {
    case .lineStart, .fieldStart:
      if place == .lineStart, byte == rules.comment {
        place = .comment
      } else if place == .lineStart, rules.comment != nil, byte == .space, byte != rules.delimiter {
        blanks = 1
        place = .lineBlanks
      } else if rules.commentsFollowValues, byte == rules.comment {
        blanks = 0
        place = .restOfRow
      } else if byte == rules.quote, blanks == 0 || rules.skipsBlanks {
        blanks = 0
        output.append(byte)
        place = .quoted
      } else if rules.skipsBlanks, byte == .space, byte != rules.delimiter {
        blanks += 1
        place = .fieldStart
      } else {
        fieldStart = output.count
        output.append(contentsOf: repeatElement(UInt8.space, count: blanks))
        blanks = 0
        place = .unquoted
        unquoted(byte)
      }
    case .lineBlanks:
      if byte == .space {
        blanks += 1
      } else if byte == rules.comment {
        blanks = 0
        place = .comment
      } else {
        place = .fieldStart
        add(byte)
      }
    case .unquoted: unquoted(byte)
    case .quoted:
      if byte == rules.escape, byte != rules.quote {
        place = .escaped
      } else {
        output.append(byte)
        if byte == rules.quote { place = .quoteInQuoted }
      }
    case .escaped:
      output.append(byte)
      if byte == rules.quote { output.append(byte) }
      place = .quoted
    case .quoteInQuoted:
      if byte == rules.quote {
        output.append(byte)
        place = .quoted
      } else {
        place = .afterQuoted
        afterQuoted(byte)
      }
    case .afterQuoted: afterQuoted(byte)
    case .comment:
      guard byte == rules.newline else { return }
      if rules.keepsLines { output.append(byte) }
      place = .lineStart
    case .restOfRow:
      guard byte == rules.newline else { return }
      output.append(byte)
      place = .lineStart
    }
  }

  private mutating func unquoted(_ byte: UInt8) {
    if rules.commentsFollowValues, byte == rules.comment {
      while output.count > fieldStart, output[output.count - 1].isSpace { output.removeLast() }
      endField(nil)
      place = .restOfRow
      return
    }
    guard byte == rules.delimiter || byte == rules.newline else {
      output.append(byte)
      return
    }
    endField(byte)
    output.append(byte)
    place = byte == rules.newline ? .lineStart : .fieldStart
  }

  /// Removes a field that means null.
  private mutating func endField(_ byte: UInt8?) {
    guard longestNull >= 0 else { return }
    var end = output.count
    if byte == rules.newline, end > fieldStart, output[end - 1] == .carriageReturn { end -= 1 }
    guard end - fieldStart <= longestNull + 2 else { return }
    let field = output[fieldStart..<end]
    guard rules.nulls.contains(where: { field.elementsEqual($0) }) else { return }
    output.removeSubrange(fieldStart..<end)
  }

  private mutating func afterQuoted(_ byte: UInt8) {
    if byte == rules.delimiter || byte == rules.newline {
      output.append(byte)
      place = byte == rules.newline ? .lineStart : .fieldStart
    } else if rules.commentsFollowValues, byte == rules.comment {
      place = .restOfRow
    } else if !((rules.skipsBlanks || rules.commentsFollowValues) && byte == .space) {
      output.append(byte)
    }
  }

  mutating func finish() {
    if place == .unquoted { endField(nil) }
    place = .lineStart
  }
}
