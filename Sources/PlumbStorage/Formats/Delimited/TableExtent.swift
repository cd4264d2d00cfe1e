import PlumbDiagnostics
import PlumbEngine

/// Which rows of a text are its table: reports have titles, comments and empty lines above it, and remarks below.
struct TableExtent {
  /// The first row of the table, which may be its header.
  private(set) var firstRow = 0
  /// The number of fields of most rows of the table.
  private(set) var width = 1
  /// How many of the rows from the first one on have that width, from 0 to 1.
  private(set) var share = 1.0
  /// How many of all rows have that width.
  private(set) var coverage = 1.0
  /// Whether all rows end before the last names of the header.
  private(set) var hasLongHeader = false

  /// The share of rows that must have one width for others before them to be no rows of the table.
  private static let clearShare = 0.9
  /// Remarks below a table have at most this many lines.
  private static let longestRemark = 8
  /// A report has at most this many rows above its table.
  private static let longestTitle = 100

  init(_ sample: RowSample, isWhole: Bool) {
    let rows = sample.rows
    guard let first = rows.first else { return }
    width = first.count
    var tally: [Int: (first: Int, count: Int)] = [:]
    for (i, row) in rows.enumerated() { tally[row.count, default: (i, 0)].count += 1 }
    if isWhole, tally.count == 2, TableExtent.leavesNamesOver(sample) {
      (hasLongHeader, share, coverage) = (true, 0.95, 0.95)
    } else if tally.count > 1 {
      let end = isWhole ? TableExtent.endBeforeRemarks(sample, tally) : rows.count
      let ranked = tally.map { width, seen in
        (width: width, first: seen.first, count: seen.count, share: Double(seen.count) / Double(max(1, end - seen.first)))
      }.filter { $0.width > 1 && ($0.first < TableExtent.longestTitle || isWhole && TableExtent.isLargest($0.first, sample)) }
      let clear = ranked.filter { table in
        table.share >= TableExtent.clearShare
          && (0..<table.first).allSatisfy { TableExtent.isAbove($0, table.first, table.count, sample) }
          && tally.allSatisfy { $0.key == 1 || $0.key == table.width || $0.value.count <= table.count || $0.value.first >= table.first }
          && rows[..<table.first].allSatisfy { row in
            row.count < table.width || row.count == table.width + 1 && row.last.map(sample.isBlank) ?? false
              || table.count >= 10 && table.first <= 3 && sample.startsWithNames(table.first)
          }
      }
      if let table = clear.max(by: { ($0.count, $0.width) < ($1.count, $1.width) }) {
        (firstRow, width) = (table.first, table.width)
        share = min(1, table.share)
        coverage = Double(table.count) / Double(end)
      } else if let table = ranked.max(by: { ($0.count, $0.width) < ($1.count, $1.width) }) {
        share = Double(table.count) / Double(rows.count)
        coverage = share
      }
    }
    skipTitles(sample)
  }

  /// All rows, as the first one is.
  init(wholeOf sample: RowSample) { width = sample.rows.first?.count ?? 1 }

  /// Whether a row can be above a table with `count` rows whose first one is `first`: a title, a comment, or a header of another
  /// width; a row of several values needs a clear table below it.
  private static func isAbove(_ row: Int, _ first: Int, _ count: Int, _ sample: RowSample) -> Bool {
    if sample.filled(row) <= 1 || sample.starts(row, with: .hash) || count >= 5 || sample.startsWithNames(first) { return true }
    let difference = sample.rows[first].count - sample.rows[row].count
    let endsWithDelimiter = difference == 1 && sample.rows[first].last.map(sample.isBlank) ?? false
    return row == first - 1 && (count >= 2 || endsWithDelimiter) && abs(difference) == 1 && sample.isText(row)
  }

  /// Whether the first row has a name for each field of the rows below it, which all have one width, and more names.
  private static func leavesNamesOver(_ sample: RowSample) -> Bool {
    guard sample.rows.count > 2, let width = sample.rows.last?.count, width > 1, sample.rows[0].count > width else { return false }
    guard sample.rows.dropFirst().allSatisfy({ $0.count == width }), sample.isText(0) else { return false }
    let names = sample.rows[0].map { sample.bytes[$0] }
    return !sample.rows[0].contains(where: sample.isBlank) && Set(names).count == names.count && sample.startsWithNames(0)
  }

  /// Whether the rows from `first` to the end are a table with names that has more values than all narrower tables above it.
  private static func isLargest(_ first: Int, _ sample: RowSample) -> Bool {
    let width = sample.rows[first].count
    guard sample.startsWithNames(first), sample.rows[first...].allSatisfy({ $0.count == width }) else { return false }
    return sample.rows[..<first].reduce(0) { $0 + $1.count } < width * (sample.rows.count - first)
  }

  /// The number of rows without narrow ones of one field at the end.
  private static func endBeforeRemarks(_ sample: RowSample, _ tally: [Int: (first: Int, count: Int)]) -> Int {
    guard let usual = tally.max(by: { ($0.value.count, $0.key) < ($1.value.count, $1.key) })?.key else { return sample.rows.count }
    var end = sample.rows.count
    while end > 1, sample.rows.count - end < longestRemark, sample.rows[end - 1].count < usual, sample.filled(end - 1) <= 1 { end -= 1 }
    return end
  }

  /// Skips rows of the table's width without values, and those with one, as spreadsheets save titles.
  private mutating func skipTitles(_ sample: RowSample) {
    guard width >= 2 else { return }
    let last = min(sample.rows.count, firstRow + TableExtent.longestTitle)
    guard firstRow + 1 < last, sample.filled(firstRow) <= 1 else { return }
    if width == 2 {
      firstRow = (firstRow..<last).first { sample.filled($0) > 0 } ?? firstRow
      return
    }
    let filled = (firstRow..<last).map { ($0, sample.filled($0)) }.filter { $0.1 > 0 }
    let full = filled.filter { $0.1 > 1 }
    guard let start = full.first?.0, full.count * 2 > filled.count else { return }
    firstRow = start
  }
}
