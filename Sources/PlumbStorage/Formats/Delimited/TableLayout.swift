import PlumbDiagnostics
import PlumbEngine

/// Where the table of a text starts, whether it has a header, and what its columns are.
struct TableLayout {
  /// The first row of the table in the sample: its header if it has one.
  private(set) var start: Int
  /// The number of fields of a row of data.
  let width: Int
  private(set) var hasHeader: Bool
  /// The number of rows above the table.
  private(set) var skippedRows: Int
  /// The number of rows that were joined to the names of columns.
  private(set) var headerRows = 1
  /// Whether rows end before the last names of the header, so that their last values are null.
  let padsRows: Bool
  /// The names of the columns as the header has them; empty without one.
  private(set) var header: [String] = []
  /// The fields that are columns: all, or all but the last if every row ends with a delimiter that the header does not have.
  private(set) var fields: Range<Int>
  private var guesses: ColumnGuesses
  private let firstFields: [[UInt8]]

  init(_ sample: RowSample, _ dialect: Dialect, _ options: ReadOptions, isWhole: Bool) {
    let extent = (options.skippedLines == nil && !options.takesColumnsByPlace)
      ? TableExtent(sample, isWhole: isWhole) : TableExtent(wholeOf: sample)
    let quote = dialect.quote
    width = extent.width
    padsRows = extent.hasLongHeader && options.columns == nil
    fields = 0..<extent.width
    start = extent.firstRow
    var isShort = false
    let evidence = HeaderEvidence(sample: sample, quote: quote, newline: dialect.newline, options: options)
    let hash = UInt8.hash
    if start > 0, options.hasHeader != false, !evidence.isHeader(start) {
      let above = sample.rows[start - 1].count
      // R leaves out the name of the rows; other tools end each row of data, or only the header, with a delimiter.
      if above == width - 1 || above == width + 1, evidence.isText(start - 1), sample.filled(start - 1) >= min(2, above) || above == width - 1 && width == 2 {
        start -= 1
        isShort = above == width - 1
      } else if above == width, sample.starts(start - 1, with: hash) {
        start -= 1
      }
    }
    if options.skippedLines == nil, !isShort {
      while start + 1 < sample.rows.count, sample.starts(start, with: hash), sample.rows[start + 1].count == width, evidence.isHeader(start + 1, isCertain: true) {
        start += 1
      }
    }
    skippedRows = start
    firstFields = sample.fields(start, quote: quote)
    guesses = ColumnGuesses(count: width)
    hasHeader = options.hasHeader ?? (isShort || sample.rows[start].count != width || evidence.isHeader(start))
    if !hasHeader, options.hasHeader == nil, options.columns == nil, TableLayout.isOnlyName(start - 1, sample, width) {
      // A name for the first column alone, after a line without values that ends a title.
      start -= 1
      skippedRows -= 1
      hasHeader = true
      header = [String(decoding: sample.fields(start, quote: quote)[0], as: UTF8.self)] + Array(repeating: "", count: width - 1)
      sample.narrow(&guesses, from: start + 1, quote: quote, newline: dialect.newline)
      return
    }
    let lines = hasHeader && !isShort && options.hasHeader == nil && !options.takesColumnsByPlace ? HeaderLines(sample: sample, quote: quote, width: width) : nil
    let joined = lines?.rows(from: start) ?? [start]
    headerRows = joined.count
    skippedRows = max(skippedRows, joined[0])
    start = joined[joined.count - 1]
    sample.narrow(&guesses, from: start + 1, width: padsRows ? sample.rows.last?.count : nil, quote: quote, newline: dialect.newline)
    guard hasHeader else {
      addFirstRow()
      return
    }
    header = headerRows > 1 ? lines?.names(joined) ?? [] : sample.fields(start, quote: quote).map { String(decoding: $0, as: UTF8.self) }
    if header.count == width + 1 { header.removeLast() }
    if header.count == width - 1 {
      let isLastEmpty = sample.rows[(start + 1)...].allSatisfy { row in row.count != width || row.last.map(sample.isBlank) ?? true }
      if isLastEmpty { fields = 0..<width - 1 } else { header.insert("", at: 0) }
    }
  }

  /// Whether a row of the table's width names its first column alone, below a row without values.
  private static func isOnlyName(_ row: Int, _ sample: RowSample, _ width: Int) -> Bool {
    guard row > 0, width > 2, sample.rows[row].count == width, sample.filled(row) == 1, !sample.isBlank(sample.rows[row][0]) else { return false }
    return sample.filled(row - 1) == 0
  }

  /// Counts rows of another part of the text.
  mutating func add(_ part: RowSample, quote: UInt8?, newline: UInt8) {
    part.narrow(&guesses, from: 0, quote: quote, newline: newline)
  }

  private mutating func addFirstRow() {
    for i in 0..<min(width, firstFields.count) where !firstFields[i].isEmpty {
      firstFields[i].withBytes { guesses.add($0.trimmed, to: i) }
    }
  }

  /// A value that a real would change, so that the column holds texts.
  func changedValue(ofColumn column: Int) -> String? { guesses.changed(fields.lowerBound + column) }

  func guess(ofColumn column: Int) -> TypeGuess { guesses.types[fields.lowerBound + column] }

  func columns() -> [DelimitedText.Column] {
    let names = usableNames(hasHeader ? header : fields.map { _ in "" })
    return fields.map { field in
      let name = field < names.count ? names[field] : "Column\(field + 1)"
      // 1.9 and 1.10 are different versions.
      let isVersion = guesses.type(field) == .real && (namesVersions(name) || guesses.changed(field) != nil)
      let type = isVersion ? ScalarType.string : guesses.type(field)
      var column = DelimitedText.Column(ColumnInfo(name, type), field: field)
      column.order = guesses.types[field].order
      return column
    }
  }
}

/// Whether a column's name says that its values are versions, such as `app_version` and `minVersion`.
private func namesVersions(_ name: String) -> Bool {
  let lower = name.lowercased()
  return lower == "ver" || lower.hasSuffix("version") || lower.hasSuffix("versions") || lower.hasSuffix("_ver") || lower.hasSuffix("release")
}

/// Every column gets a unique name: `Column3` for an empty one, `name1` for a second `name`.
private func usableNames(_ names: [String]) -> [String] {
  func trimmed(_ text: String) -> String { text.withUTF8Bytes { String($0.trimmed) } }
  var used = Set<String>()
  var result: [String] = []
  let given = Set(names.map { trimmed($0) })
  for (i, raw) in names.enumerated() {
    let name = trimmed(raw).isEmpty ? "Column\(i + 1)" : trimmed(raw)
    var unique = name
    var number = 0
    while used.contains(unique) || number > 0 && given.contains(unique) {
      number += 1
      unique = "\(name)\(number)"
    }
    used.insert(unique)
    result.append(unique)
  }
  return result
}
