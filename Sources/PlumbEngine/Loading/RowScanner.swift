import PlumbDiagnostics

/// The fields of some rows of a block, as positions in its bytes.
///
/// - Shape: each row has `columns + 1` marks. Field `c` is from `marks[c] + 1` up to `marks[c + 1]`; a missing
///     field has a length of -1.
struct FieldBatch {
  let base: UnsafePointer<UInt8>
  let marks: UnsafePointer<Int32>
  let columns: Int
  let rows: Int
  let quote: UInt8
  /// Whether all bytes of the block are ASCII.
  let isASCII: Bool

  @inline(__always) func field(_ row: Int, _ column: Int) -> Bytes {
    let place = marks + (row &* (columns &+ 1) &+ column)
    let start = Int(place[0]) &+ 1
    return Bytes(start: base + start, count: Swift.max(0, Int(place[1]) &- start))
  }
}

/// A row that has too few or too many fields, or a quote that is never closed.
struct RaggedRow {
  let start: Int
  /// The position after its last byte.
  let end: Int
  /// Nil if a quote is not closed.
  let fields: Int?
}

/// Finds the fields of delimited rows, eight bytes at a step.
///
/// A quote opens a quoted field only at the field's start, and then everything up to the closing quote
/// belongs to it; two quotes inside mean one. Any other quote is a plain character.
struct RowScanner {
  let base: UnsafePointer<UInt8>
  /// The block ends with a newline.
  let count: Int
  let columns: Int
  let dialect: Dialect
  /// Whether a ragged row is padded with missing fields, or truncated.
  let repairsRows: Bool
  private(set) var at = 0
  /// Whether all ragged rows are recorded, not only the first.
  let keepsRagged: Bool
  /// Rows that were dropped or repaired.
  var ragged: [RaggedRow] = []
  private(set) var raggedCount = 0
  /// The number of those rows that could not be repaired.
  private(set) var lostRows = 0
  private(set) var missingFields = 0

  init(
    base: UnsafePointer<UInt8>, count: Int, columns: Int, dialect: Dialect, repairsRows: Bool, keepsRagged: Bool = false
  ) {
    self.keepsRagged = keepsRagged
    self.base = base
    self.count = count
    self.columns = columns
    self.dialect = dialect
    self.repairsRows = repairsRows
  }

  var isAtEnd: Bool { at >= count }

  /// Leaves out the rest of the block and the ragged rows in it.
  mutating func stop() {
    at = count
    ragged = []
    raggedCount = 0
  }

  /// Writes the marks of at most `limit` rows and returns how many.
  mutating func fill(_ marks: UnsafeMutablePointer<Int32>, limit: Int) -> Int {
    let base = self.base, count = self.count, columns = self.columns
    let delimiter = dialect.delimiter, newline = dialect.newline
    let quote = dialect.quote ?? delimiter
    let delimiters = repeated(delimiter), newlines = repeated(newline), quotes = repeated(quote)
    let stride = columns &+ 1
    var rows = 0
    var out = marks
    var field = 0
    var rowStart = at
    var fieldStart = at
    var at = self.at
    out[0] = Int32(truncatingIfNeeded: rowStart &- 1)
    scan: while at < count {
      let word = load8(base + at)
      var matches = possibleMatches(word, delimiters) | possibleMatches(word, newlines) | possibleMatches(word, quotes)
      while matches != 0 {
        let place = at &+ matches.trailingZeroBitCount &>> 3
        matches &= matches &- 1
        if place >= count { break }
        let byte = base[place]
        if byte == delimiter {
          field &+= 1
          if field <= columns { out[field] = Int32(truncatingIfNeeded: place) }
          fieldStart = place &+ 1
        } else if byte == newline {
          var end = place
          if newline == .newline && end > rowStart && base[end &- 1] == .carriageReturn { end &-= 1 }
          if field &+ 1 == columns && (end > rowStart || columns == 1) {
            out[columns] = Int32(truncatingIfNeeded: end)
            rows &+= 1
            out += stride
          } else if end > rowStart {
            if takeRagged(out, fields: field &+ 1, rowStart, end) {
              rows &+= 1
              out += stride
            }
          }
          field = 0
          rowStart = place &+ 1
          fieldStart = rowStart
          if rows == limit {
            self.at = rowStart
            return rows
          }
          out[0] = Int32(truncatingIfNeeded: place)
        } else if byte == quote && place == fieldStart {
          guard let end = closing(place &+ 1, quotes, quote) else {
            raggedCount &+= 1
            lostRows &+= 1
            if ragged.isEmpty || keepsRagged { ragged.append(RaggedRow(start: rowStart, end: count, fields: nil)) }
            at = count
            break scan
          }
          at = end
          continue scan
        }
      }
      at &+= 8
    }
    self.at = count
    return rows
  }

  /// The position after the quote that closes a field whose text starts at `from`.
  @inline(__always)
  private func closing(_ from: Int, _ quotes: UInt64, _ quote: UInt8) -> Int? {
    var at = from
    while at < count {
      var matches = possibleMatches(load8(base + at), quotes)
      var isDoubled = false
      while matches != 0 {
        let place = at &+ matches.trailingZeroBitCount &>> 3
        matches &= matches &- 1
        guard place < count, base[place] == quote else { continue }
        if place &+ 1 < count && base[place &+ 1] == quote {
          at = place &+ 2
          isDoubled = true
          break
        }
        return place &+ 1
      }
      if !isDoubled { at &+= 8 }
    }
    return nil
  }

  /// Whether bytes are blanks and newlines.
  private func isBlank(_ start: Int, _ end: Int) -> Bool { (start..<Swift.max(start, end)).allSatisfy { base[$0].isSpace } }

  @inline(never)
  private mutating func takeRagged(
    _ out: UnsafeMutablePointer<Int32>, fields: Int, _ rowStart: Int, _ end: Int
  ) -> Bool {
    if fields == 1, isBlank(rowStart, end) { return false }
    if fields == 1, let quote = dialect.quote, end &- rowStart >= 2, base[rowStart] == quote, base[end &- 1] == quote,
      isBlank(rowStart &+ 1, end &- 1)
    {
      // One quoted value of blanks is a row without values.
      for field in 1...columns { out[field] = out[0] }
      return true
    }
    raggedCount &+= 1
    if ragged.isEmpty || keepsRagged { ragged.append(RaggedRow(start: rowStart, end: end, fields: fields)) }
    guard repairsRows else { return false }
    if fields < columns {
      for missing in fields...columns { out[missing] = Int32(truncatingIfNeeded: end) }
      missingFields &+= columns &- fields
    }
    return true
  }

  /// Skips one row, such as a header.
  mutating func skipRow() {
    var fieldStart = at
    let quotes = repeated(dialect.quote ?? dialect.delimiter)
    while at < count {
      let byte = base[at]
      if byte == dialect.newline {
        at &+= 1
        return
      }
      if let quote = dialect.quote, byte == quote, at == fieldStart {
        at = closing(at &+ 1, quotes, quote) ?? count
        continue
      }
      if byte == dialect.delimiter { fieldStart = at &+ 1 }
      at &+= 1
    }
  }
}
