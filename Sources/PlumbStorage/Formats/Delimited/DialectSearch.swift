import PlumbDiagnostics
import PlumbEngine

/// A way to read a text as rows.
struct DialectCandidate {
  var dialect: Dialect
  /// How the text departs from what the loader reads; nil if it does not.
  var rewriting: DelimitedRewriting?
  /// From 0 to about 1: how well rows have one width, and quotes are as they should be.
  var score = 0.0
  /// Whether quotes are used in a way that another dialect perhaps explains.
  var isDubious = false
  /// Whether the last line alone has a quote that is not closed.
  var isCut = false
  var width = 1
  /// The number of rows that were inspected, and how many of them have the table's width, from 0 to 1.
  var rows = 0
  var share = 0.0
  /// The comments in it; nil for none.
  var comment: Comments?
  /// Whether lines are values because no delimiter divides them.
  var isOneColumn = false
  /// Whether all rows have the same width.
  var isUniform: Bool { share == 1 }
}

/// How comments are written: on their own lines or, where that alone explains the rows, also after values.
struct Comments {
  let byte: UInt8
  var followValues = false

  /// How much better a reading with comments has to be than one without them.
  var advantage: Double { followValues ? 0.01 : 0.001 }
}

/// Finds the delimiter and the use of quotes with which most rows of a text have one width.
///
/// As in Gert van den Burg et al., "Wrangling messy CSV files by detecting row and type patterns" (2019), a dialect is
/// scored by the regularity of its rows; here types only decide between two that are equally regular.
struct DialectSearch {
  let options: ReadOptions
  let bytes: [UInt8]
  let newline: UInt8
  let isWhole: Bool
  /// The delimiter that the user or the text itself states.
  let delimiter: UInt8?

  /// An unclosed quote in a part of a text is dubious if this many bytes follow it.
  private static let longestField = 1 << 15

  func best() -> DialectCandidate {
    let front = Array(bytes.prefix(1 << 16))
    let isAll = isWhole && front.count == bytes.count
    let delimiters: [UInt8] = delimiter.map { [$0] } ?? [.tab, .bar, .semicolon, .comma]
    let quotes = quotes(front)
    let comments = commentBytes(front)
    var best: DialectCandidate?
    for delimiter in delimiters {
      for quote in quotes {
        for comment in comments {
          let found = candidate(delimiter, quote, comment: comment, in: front, isAll, limit: 1000)
          if delimiters.count > 1, found.width == 1 { continue }
          if best.map({ found.score > $0.score + (comment?.advantage ?? 0) }) ?? true { best = found }
        }
      }
    }
    let chosen = quoting(best?.dialect.delimiter ?? .comma, quotes, comment: best?.comment)
    if delimiters.count > 1, best != nil, !divides(chosen, front, isAll), let lines = oneColumn() { return lines }
    return chosen
  }

  /// Whether a dialect divides a text into rows: more than half of its lines have one width, or three in sequence have, or half of
  /// them with two in sequence at an end. A few lines are rows in any case, and so is what has bad rows by the user's word; but one line with delimiters above others without any is a sentence, and so are lines above as many
  /// that would be remarks below the table.
  private func divides(_ candidate: DialectCandidate, _ front: [UInt8], _ isAll: Bool) -> Bool {
    var sample = sample(candidate, in: front, isAll, limit: 1000)
    if isAll, sample.openBytes > 0, sample.quotedFields == 0 {
      sample = RowSample(front, dialect: Dialect(delimiter: candidate.dialect.delimiter, quote: nil, newline: newline), limit: 1000, isWhole: isAll)
    }
    let rows = sample.rows
    if rows.count < 2 || candidate.width == 1 || options.badRows != .reject { return true }
    let fitting = rows.count { $0.count == candidate.width }
    if isAll, rows.count(where: { $0.count > 1 }) == 1, let only = rows.firstIndex(where: { $0.count > 1 }) {
      return rows.indices[(only + 1)...].allSatisfy { sample.starts($0, with: .openParenthesis) }
    }
    let remarks = rows.reversed().prefix { $0.count == 1 }.count
    if isAll, remarks > 1, remarks >= fitting { return false }
    if rows.count < 4 || fitting * 2 > rows.count || rows.count(where: { $0.count > 1 }) < 2 { return true }
    let pairs = zip(rows, rows.dropFirst()).map { $0.count == $1.count && $0.count > 1 }
    return fitting * 2 == rows.count ? pairs.first == true || pairs.last == true : zip(pairs, pairs.dropFirst()).contains { $0 && $1 }
  }

  /// A text whose lines are values; nil if it contains all bytes that could be a delimiter that it does not have.
  private func oneColumn() -> DialectCandidate? {
    guard let absent = (1..<0x20).first(where: { $0 != newline && $0 != .carriageReturn && !bytes.contains($0) }) else { return nil }
    let usual = candidate(absent, .quote, in: bytes, isWhole, limit: 20_000)
    var result = usual.isDubious ? candidate(absent, nil, in: bytes, isWhole, limit: 20_000) : usual
    result.isOneColumn = true
    return result
  }

  /// The comments that a text could have: those with the stated byte, else none or, if a line starts with it, `#`.
  private func commentBytes(_ front: [UInt8]) -> [Comments?] {
    if let stated = options.comment { return [Comments(byte: stated), Comments(byte: stated, followValues: true)] }
    var isAtLineStart = true
    for byte in front {
      if isAtLineStart, byte == .hash { return [nil, Comments(byte: .hash), Comments(byte: .hash, followValues: true)] }
      isAtLineStart = byte == newline || isAtLineStart && byte == .space
    }
    return [nil]
  }

  /// The quotes to try: those stated, else the ones that the text contains.
  private func quotes(_ front: [UInt8]) -> [UInt8?] {
    if let stated = options.quote { return [stated == 0 ? nil : stated] }
    return front.contains(.quote) ? [.quote, nil] : [.quote]
  }

  /// How quotes are used in a text with a delimiter: as usual if that explains it, else as the first way that does.
  private func quoting(_ delimiter: UInt8, _ quotes: [UInt8?], comment: Comments?) -> DialectCandidate {
    var usual = candidate(delimiter, quotes[0], comment: comment, in: bytes, isWhole, limit: 20_000)
    guard let quote = usual.dialect.quote, options.quote == nil || options.escape == nil else { return usual }
    let hasSingle = options.quote == nil && !bytes.contains(quote) && usesSingleQuotes(delimiter)
    if hasSingle, comment == nil, let single = singlyQuoted(delimiter) { return single }
    guard usual.isDubious || !usual.isUniform && (bytes.contains(quote) || hasSingle) else { return usual }
    let hasBackslash = bytes.contains(.backslash)
    var ways: [(quote: UInt8?, escape: UInt8?, skipsBlanks: Bool)] = [(quote, nil, true)]
    if options.escape == nil, hasBackslash { ways += [(quote, .backslash, false), (quote, .backslash, true)] }
    // Quotes that surround whole values are quotes, however wide some rows are.
    if options.quote == nil, usual.isDubious { ways.append((nil, nil, false)) }
    if hasSingle { ways.append((UInt8.apostrophe, nil, false)) }
    for way in ways {
      let other = candidate(delimiter, way.quote, escape: way.escape, skipsBlanks: way.skipsBlanks, comment: comment, in: bytes, isWhole, limit: 20_000)
      let isBetter = other.score > usual.score + 0.001
      if way.quote == nil, !isBetter, usual.isDubious, other.isUniform, other.width > 1, agrees(other, usual) { return other }
      // Perhaps the last row was cut off inside quotes.
      if way.quote == nil, usual.isCut, !agrees(other, usual) { continue }
      // Without quotes any text has rows; they must be regular to be believed.
      if way.quote == nil, !other.isUniform, other.rows < 20 || other.share < 0.95 { continue }
      if isBetter, !other.isDubious || other.score > usual.score + 0.02 { usual = other }
      if usual.isUniform, !usual.isDubious { break }
    }
    return usual
  }

  private func usesSingleQuotes(_ delimiter: UInt8) -> Bool {
    let mark = UInt8.apostrophe
    return bytes.first == mark || zip(bytes, bytes.dropFirst()).contains { ($0 == delimiter || $0 == newline) && $1 == mark }
  }

  /// Single quotes, if each row or the first one has a value in them and none is out of place.
  private func singlyQuoted(_ delimiter: UInt8) -> DialectCandidate? {
    for escape in [nil, UInt8.backslash] where escape == nil || bytes.contains(.backslash) {
      let single = candidate(delimiter, UInt8.apostrophe, escape: escape, in: bytes, isWhole, limit: 20_000)
      let sample = sample(single, in: bytes, isWhole, limit: 20_000)
      guard single.isUniform, !single.isDubious, sample.quotedFields > 0 else { continue }
      let first = sample.rows.first ?? []
      if sample.quotedFields + 1 >= sample.rows.count || first.contains(where: { sample.starts($0, with: .apostrophe) }) { return single }
    }
    return nil
  }

  /// Whether reading without quotes gives at least as many columns with types; where quotes are usual, some.
  private func agrees(_ bare: DialectCandidate, _ quoted: DialectCandidate) -> Bool {
    let (bareCount, quotedCount) = (typedColumns(bare), typedColumns(quoted))
    let delimiter = bare.dialect.delimiter
    return bareCount >= quotedCount && (bareCount > 0 || delimiter != .comma && delimiter != .semicolon)
  }

  private func typedColumns(_ candidate: DialectCandidate) -> Int {
    let sample = sample(candidate, in: bytes, isWhole, limit: 1000)
    var guesses = ColumnGuesses(count: candidate.width)
    sample.narrow(&guesses, from: 1, quote: candidate.dialect.quote, newline: newline)
    return guesses.typedCount
  }

  func sample(_ candidate: DialectCandidate, in bytes: [UInt8], _ isWhole: Bool, limit: Int) -> RowSample {
    RowSample(
      candidate.rewriting?.applied(to: bytes) ?? bytes, dialect: candidate.dialect, limit: limit, isWhole: isWhole)
  }

  private func candidate(
    _ delimiter: UInt8, _ quote: UInt8?, escape: UInt8? = nil, skipsBlanks: Bool = false, comment: Comments? = nil, in bytes: [UInt8],
    _ isWhole: Bool, limit: Int
  ) -> DialectCandidate {
    var result = DialectCandidate(dialect: Dialect(delimiter: delimiter, quote: quote, newline: newline))
    let rules = DelimitedRewriting(
      delimiter: delimiter, quote: quote ?? newline, newline: newline, escape: quote == nil ? nil : escape ?? options.escape,
      skipsBlanks: skipsBlanks, comment: comment?.byte ?? options.comment, commentsFollowValues: comment?.followValues ?? false,
      nulls: options.nulls.map { Array($0.utf8) })
    result.comment = comment
    if rules.isNeeded { result.rewriting = rules }
    let sample = sample(result, in: bytes, isWhole, limit: limit)
    let table = TableExtent(sample, isWhole: isWhole)
    result.width = table.width
    (result.rows, result.share) = (sample.rows.count, table.share)
    // A text that quotes nothing else was not cut off inside quotes: its last quote is a character.
    result.isCut = sample.isCut
    let isOpen = isWhole ? sample.openBytes > 0 && !(sample.isCut && sample.quotedFields > 0) : sample.openBytes > Self.longestField
    result.isDubious = isOpen || sample.strayQuotes > 0 || sample.dubiousFields > 0
    let rows = Double(max(1, result.rows))
    let regularity = table.width == 1 ? 0.3 : 0.7 * table.share + 0.3 * table.coverage
    let strays = min(1, Double(sample.strayQuotes) / rows) * 0.1
    result.score = regularity + Double(min(table.width, 100)) * 0.001 - (isOpen ? 0.3 : 0) - strays
    if sample.rows.isEmpty { result.score = -1 }
    return result
  }
}
