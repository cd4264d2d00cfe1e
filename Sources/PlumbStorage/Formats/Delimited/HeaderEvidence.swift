import PlumbDiagnostics
import PlumbEngine

/// Decides whether a row of a sample is a header, by how it differs from the rows below it.
struct HeaderEvidence {
  let sample: RowSample
  let quote: UInt8?
  let newline: UInt8
  let options: ReadOptions

  /// The number of rows below that are compared.
  private static let rowLimit = 2000

  /// Texts with which tools write that a value is missing; they say nothing about a column's type.
  static let missing: Set<String> = ["na", "n/a", "null", "nil", "none", "-", "--", "\\n", "?", "unknown"]

  /// Whether all cells of a row are texts or empty, and some are not empty.
  func isText(_ row: Int) -> Bool {
    let fields = sample.fields(row, quote: quote)
    return fields.contains { !$0.isEmpty } && fields.allSatisfy { field in field.isEmpty || field.withBytes { TypeGuess($0).type == .string } }
  }

  /// Whether a row names the columns of the rows below it that are as wide.
  ///
  /// - Parameter isCertain: whether only types are evidence.
  func isHeader(_ row: Int, isCertain: Bool = false) -> Bool {
    let cells = sample.fields(row, quote: quote).map { $0.withBytes { Array($0.trimmed) } }
    let texts = cells.map { String(decoding: $0, as: UTF8.self) }
    if let columns = options.columns {
      let names = Set(texts.map { $0.lowercased() })
      if columns.allSatisfy({ names.contains($0.name.lowercased()) }) { return true }
    }
    guard cells.contains(where: { !$0.isEmpty }) else { return false }
    // The only row of a text is a header if all columns have a name; that of the first can be missing.
    if row + 1 == sample.rows.count, cells.count > 2, cells.dropFirst().contains(where: \.isEmpty) { return false }
    var rest = ColumnGuesses(count: cells.count)
    sample.narrow(&rest, from: row + 1, limit: Self.rowLimit, quote: quote, newline: newline)
    let own = cells.map { $0.withBytes { TypeGuess($0) } }
    let isSequence = numbersRise(texts, own, above: rest)
    var (differing, fitting) = (0, 0)
    for i in cells.indices where !cells[i].isEmpty {
      let type = rest.type(i)
      let isTyped = own[i].type != .string
      if type == .string {
        // A number or a date among texts: a value, unless it names one of many columns.
        if isTyped, !isSequence { fitting += 1 }
      } else if own[i].intersection(rest.types[i]).type == .string {
        if !Self.missing.contains(texts[i].lowercased()) { differing += 1 }
      } else if !isSequence {
        fitting += 1
      }
    }
    if differing > 0, differing >= fitting || onlyItIsQuoted(row) { return true }
    if onlyItIsQuoted(row), !isCertain, options.columns == nil { return true }
    if fitting > 0 || isCertain || options.columns != nil { return false }
    return isSequence || !recurs(cells, below: row)
  }

  /// Whether all cells of a row are in quotes, and no cell below it is.
  private func onlyItIsQuoted(_ row: Int) -> Bool {
    guard let quote, row + 1 < sample.rows.count, sample.rows[row].allSatisfy({ sample.starts($0, with: quote) }) else { return false }
    return !sample.rows.dropFirst(row + 1).prefix(Self.rowLimit).contains { $0.contains { sample.starts($0, with: quote) } }
  }

  /// Whether years, three numbers or more that rise by one, or dates that rise follow texts, as in `pipeline,2021,2022`,
  /// and values are below them.
  private func numbersRise(_ texts: [String], _ guesses: [TypeGuess], above rest: ColumnGuesses) -> Bool {
    let typed = texts.indices.filter { !texts[$0].isEmpty && guesses[$0].type != .string }
    guard typed.count >= 2, typed.count < texts.count(where: { !$0.isEmpty }) else { return false }
    let named = texts.indices.filter { !texts[$0].isEmpty && guesses[$0].type == .string }
    guard named.allSatisfy({ $0 < typed[0] }), typed.allSatisfy({ rest.type($0) != .string }) else { return false }
    if typed.allSatisfy({ guesses[$0].type == .long }) {
      let numbers = typed.compactMap { Int64(texts[$0]) }
      guard numbers.count == typed.count, numbers.count > 2 || numbers.allSatisfy({ (1900...2100).contains($0) }) else { return false }
      return zip(numbers, numbers.dropFirst()).allSatisfy { $1 &- $0 == 1 || $0 &- $1 == 1 }
    }
    guard typed.allSatisfy({ guesses[$0].type == .datetime }) else { return false }
    let moments = typed.compactMap { DateTime.parse(texts[$0]) }
    return zip(moments, moments.dropFirst()).allSatisfy { $0 < $1 } || zip(moments, moments.dropFirst()).allSatisfy { $0 > $1 }
  }

  /// Whether a text of the row is also a value of the same column below it, though the whole row is not repeated.
  private func recurs(_ cells: [[UInt8]], below row: Int) -> Bool {
    let wanted = cells.count { !$0.isEmpty }
    for other in sample.rows.dropFirst(row + 1).prefix(Self.rowLimit) where other.count == cells.count {
      var same = 0
      for (i, range) in other.enumerated() where !cells[i].isEmpty && range.count >= cells[i].count {
        let field = sample.field(range, quote: quote).withBytes { Array($0.trimmed) }
        if field == cells[i] { same += 1 }
      }
      if same > 0, same < wanted { return true }
    }
    return false
  }
}
