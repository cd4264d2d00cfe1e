import PlumbDiagnostics
import PlumbEngine

/// Some rows of delimited text, as ranges of a copy of its bytes; for detecting how the text is written.
struct RowSample {
  private(set) var rows: [[Range<Int>]] = []
  /// Where each row starts.
  private(set) var starts: [Int] = []
  /// The number of closing quotes that neither a delimiter nor the end of the row follows.
  private(set) var strayQuotes = 0
  /// The number of quoted fields that contain a newline and, after it, a delimiter: perhaps quotes have no meaning there.
  private(set) var dubiousFields = 0
  /// The number of quoted fields that are closed properly.
  private(set) var quotedFields = 0
  /// The number of bytes after a quote that is not closed.
  private(set) var openBytes = 0
  let bytes: [UInt8]

  /// Whether only the last of several lines has a quote that is not closed, as in a file that was cut off.
  var isCut: Bool {
    openBytes > 0 && !rows.isEmpty && !bytes.suffix(openBytes).dropLast().contains { $0 == .newline || $0 == .carriageReturn }
  }

  /// Reads rows as the loader does. The last row is left out unless the text ends with it.
  init(_ bytes: [UInt8], dialect: Dialect, limit: Int, isWhole: Bool) {
    self.bytes = bytes
    let (delimiter, newline, quote) = (dialect.delimiter, dialect.newline, dialect.quote)
    var row: [Range<Int>] = []
    var start = 0
    var rowStart = 0
    var opened = 0
    var isQuoted = false
    var (hasNewline, isDubious) = (false, false)
    var at = 0
    let count = bytes.count
    while at < count && rows.count < limit {
      let byte = bytes[at]
      if isQuoted {
        if byte == quote {
          if at + 1 < count && bytes[at + 1] == byte { at += 1 } else {
            isQuoted = false
            let next = at + 1 < count ? bytes[at + 1] : newline
            if next == delimiter || next == newline || next == .carriageReturn { quotedFields += 1 } else { strayQuotes += 1 }
            if isDubious { dubiousFields += 1 }
          }
        } else if byte == newline {
          hasNewline = true
        } else if byte == delimiter, hasNewline {
          isDubious = true
        }
      } else if byte == delimiter {
        row.append(start..<at)
        start = at + 1
      } else if byte == newline {
        append(&row, start, at, rowStart, dialect)
        start = at + 1
        rowStart = start
      } else if byte == quote && at == start {
        isQuoted = true
        (hasNewline, isDubious, opened) = (false, false, at)
      }
      at += 1
    }
    if isQuoted { openBytes = at - opened }
    if isWhole && at == count && !isQuoted && rows.count < limit && (start < count || !row.isEmpty) {
      append(&row, start, count, rowStart, dialect)
    }
  }

  private mutating func append(_ row: inout [Range<Int>], _ start: Int, _ end: Int, _ rowStart: Int, _ dialect: Dialect) {
    let isCRLF = dialect.newline == .newline && end > start && bytes[end - 1] == .carriageReturn
    row.append(start..<(isCRLF ? end - 1 : end))
    // A line of blanks is not a row.
    if row.count > 1 || !isBlank(row[0]) {
      rows.append(row)
      starts.append(rowStart)
    }
    row = []
  }

  /// The number of fields of a row that are not blank.
  func filled(_ row: Int) -> Int { rows[row].count { !isBlank($0) } }

  /// Whether a field has no value: blanks, perhaps in quotes.
  func isBlank(_ range: Range<Int>) -> Bool { bytes[range].allSatisfy { $0.isSpace || $0 == .quote } }

  /// Whether all fields of a row are texts, and one below it is not.
  func startsWithNames(_ row: Int) -> Bool {
    isText(row) && row + 1 < rows.count && !rows[row + 1].allSatisfy { isText($0) || isBlank($0) }
  }

  /// Whether no field of a row could be of another type than string; blank fields can be.
  func isText(_ row: Int) -> Bool { rows[row].allSatisfy { isText($0) || isBlank($0) } }

  private func isText(_ range: Range<Int>) -> Bool {
    let isQuoted = range.count > 1 && bytes[range.lowerBound] == .quote && bytes[range.upperBound - 1] == .quote
    return bytes[isQuoted ? range.dropFirst().dropLast() : range].withBytes { TypeGuess($0).isEmpty }
  }

  /// Whether a row starts with a byte.
  func starts(_ row: Int, with byte: UInt8) -> Bool { starts[row] < bytes.count && bytes[starts[row]] == byte }

  /// Whether a row starts with a byte, perhaps after blanks.
  func starts(_ row: Int, afterBlanksWith byte: UInt8) -> Bool { bytes[starts[row]...].first { $0 != .space } == byte }

  /// Whether a field starts with a byte.
  func starts(_ field: Range<Int>, with byte: UInt8) -> Bool { field.first.map { bytes[$0] == byte } ?? false }

  /// The fields of a row without quotes.
  func fields(_ row: Int, quote: UInt8?) -> [[UInt8]] { rows[row].map { field($0, quote: quote) } }

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

  /// Narrows guesses of the types of columns by the rows from `from` on that have `width` fields, by default as many as there are columns.
  func narrow(_ columns: inout ColumnGuesses, from: Int, limit: Int = .max, width: Int? = nil, quote: UInt8?, newline: UInt8) {
    let quote = quote ?? newline
    let width = width ?? columns.count
    bytes.withBytes { bytes in
      for row in rows.dropFirst(from).prefix(limit) where row.count == width {
        for (i, range) in row.enumerated() where !range.isEmpty && (!columns.types[i].isEmpty || !columns.hasValues[i]) {
          var text = bytes.part(from: range.lowerBound, to: range.upperBound)
          if text.count >= 2, text[0] == quote, text[text.count - 1] == quote { text = text.part(from: 1, to: text.count - 1) }
          text = text.trimmed
          if text.isEmpty { continue }
          columns.add(text, to: i)
        }
      }
    }
  }
}
