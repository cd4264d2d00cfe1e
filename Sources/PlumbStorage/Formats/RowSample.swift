import PlumbDiagnostics
import PlumbEngine

/// Some rows of delimited text, as ranges of a copy of its bytes; for detecting how the text is written.
struct RowSample {
  private(set) var rows: [[Range<Int>]] = []
  let bytes: [UInt8]

  /// Reads rows as the loader does. The last row is left out unless the text ends with it.
  init(_ bytes: [UInt8], dialect: Dialect, limit: Int, isWhole: Bool) {
    self.bytes = bytes
    var row: [Range<Int>] = []
    var start = 0
    var isQuoted = false
    var at = 0
    let count = bytes.count
    while at < count && rows.count < limit {
      let byte = bytes[at]
      if isQuoted {
        if byte == dialect.quote {
          if at + 1 < count && bytes[at + 1] == byte { at += 1 } else { isQuoted = false }
        }
      } else if byte == dialect.delimiter {
        row.append(start..<at)
        start = at + 1
      } else if byte == dialect.newline {
        append(&row, start, at, dialect)
        start = at + 1
      } else if byte == dialect.quote && at == start {
        isQuoted = true
      }
      at += 1
    }
    if isWhole && at == count && !isQuoted && rows.count < limit && (start < count || !row.isEmpty) {
      append(&row, start, count, dialect)
    }
  }

  private mutating func append(_ row: inout [Range<Int>], _ start: Int, _ end: Int, _ dialect: Dialect) {
    let isCRLF = dialect.newline == .newline && end > start && bytes[end - 1] == .carriageReturn
    row.append(start..<(isCRLF ? end - 1 : end))
    // An empty line is not a row, unless rows have one field.
    if row.count > 1 || !row[0].isEmpty { rows.append(row) }
    row = []
  }

  /// The bytes of a field without quotes around it.
  func field(_ range: Range<Int>, quote: UInt8?) -> [UInt8] {
    guard let quote, let first = range.first, bytes[first] == quote else { return Array(bytes[range]) }
    var text: [UInt8] = []
    var at = range.lowerBound + 1
    while at < range.upperBound {
      if bytes[at] == quote {
        if at + 1 < range.upperBound && bytes[at + 1] == quote {
          at += 1
        } else {
          text.append(contentsOf: bytes[(at + 1)..<range.upperBound])
          break
        }
      }
      text.append(bytes[at])
      at += 1
    }
    return text
  }
}
