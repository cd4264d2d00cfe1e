import PlumbDiagnostics
import PlumbEngine

/// Finds headers of several lines, as spreadsheets have them: names above groups of columns, units below names.
///
/// Values below tell what is a name: a line belongs to the header only if it has texts in columns whose values are numbers, dates or
/// amounts, and if the lines together name every column. A table of texts has a header of one line.
struct HeaderLines {
  let sample: RowSample
  let quote: UInt8?
  let width: Int

  private static let longestHeader = 4
  private static let rowLimit = 200
  /// The share of a column's values that must be numbers, dates or amounts.
  private static let clearShare = 0.6

  /// The rows of the header that starts with `start`: at least one. A single value above lines that name every column is a title.
  func rows(from start: Int) -> [Int] {
    guard start + 1 < sample.rows.count, sample.rows[start].count == width, width > 1 else { return [start] }
    let first = cells(start)
    guard !first.contains(where: isValue) || first[0].isEmpty else { return [start] }
    var lines = [start]
    var best = lines
    var next = start + 1
    while lines.count < Self.longestHeader, next + 1 < sample.rows.count, sample.rows[next].count == width {
      if sample.filled(next) == 0 {
        next += 1
        continue
      }
      guard continues(lines, with: next) else { break }
      lines.append(next)
      if isWhole(lines) { best = lines }
      next += 1
    }
    if best.count > 1, sample.filled(start) == 1, isWhole(Array(best.dropFirst())) { best.removeFirst() }
    return best
  }

  /// The names of columns, each joined from the lines of a header; a name above a group applies to all columns of the group.
  func names(_ lines: [Int]) -> [String] {
    let texts = lines.map { line in cells(line).map { String(decoding: $0, as: UTF8.self) } }
    return (0..<width).map { column in
      var parts: [String] = []
      for (depth, line) in texts.enumerated() {
        var part = line[column]
        if part.isEmpty, texts[(depth + 1)...].contains(where: { !$0[column].isEmpty }) { part = groupName(column, depth, texts) }
        if !part.isEmpty, parts.last != part { parts.append(part) }
      }
      return parts.joined(separator: " ")
    }
  }

  /// The nearest name to the left in a line, if no line above begins another group in between.
  private func groupName(_ column: Int, _ depth: Int, _ texts: [[String]]) -> String {
    var at = column
    while at > 0 {
      if texts[..<depth].contains(where: { !$0[at].isEmpty }) { return "" }
      at -= 1
      if !texts[depth][at].isEmpty { return texts[depth][at] }
    }
    return ""
  }

  private func cells(_ row: Int) -> [[UInt8]] { sample.fields(row, quote: quote).map { $0.withBytes { Array($0.trimmed) } } }

  /// Whether a row belongs to the header whose lines are above it.
  private func continues(_ lines: [Int], with row: Int) -> Bool {
    let own = cells(row)
    guard !own.contains(where: isValue) else { return false }
    let above = lines.map(cells)
    let filled = own.indices.filter { !own[$0].isEmpty }
    let valued = valueColumns(below: row)
    guard filled.contains(where: { valued[$0] }) else { return false }
    let unnamed = own.indices.filter { column in above.allSatisfy { $0[column].isEmpty } }
    if unnamed.isEmpty {
      // Units, or parts of groups: all are above numbers, dates or amounts, and the first column has those too or is left out.
      let isUnits = filled.count == width && valued.allSatisfy { $0 } && body(below: row).count > 1
      guard own[0].isEmpty || isUnits || isPart(above, filled), filled.allSatisfy({ valued[$0] || isEmpty($0, below: row) }) else { return false }
      return true
    }
    if above.count == 1, unnamed == [0] {
      // An index without a name, and names that recur with parts below them.
      let names = above[0].filter { !$0.isEmpty }
      return own[0].isEmpty && Set(names).count < names.count && filled.count == names.count && filled.allSatisfy { valued[$0] }
    }
    return unnamed.contains { !own[$0].isEmpty }
  }

  /// Whether filled columns are among those that the line above names.
  private func isPart(_ above: [[[UInt8]]], _ filled: [Int]) -> Bool {
    guard above.count > 1, let last = above.last else { return false }
    return last[0].isEmpty && filled.allSatisfy { !last[$0].isEmpty }
  }

  /// Whether lines name every column that has values, and each of them adds a name.
  private func isWhole(_ lines: [Int]) -> Bool {
    let texts = lines.map(cells)
    guard let last = lines.last else { return false }
    let isIndexed = texts.allSatisfy { $0[0].isEmpty }
    return ((isIndexed ? 1 : 0)..<width).allSatisfy { column in
      texts.contains { !$0[column].isEmpty } || isEmpty(column, below: last)
    }
  }

  private func isEmpty(_ column: Int, below row: Int) -> Bool {
    body(below: row).allSatisfy { sample.isBlank(sample.rows[$0][column]) }
  }

  private func body(below row: Int) -> [Int] {
    Array(((row + 1)..<sample.rows.count).prefix(Self.rowLimit).filter { sample.rows[$0].count == width && sample.filled($0) > 0 })
  }

  /// Whether most values of each column are numbers, dates or amounts.
  private func valueColumns(below row: Int) -> [Bool] {
    var counts = Array(repeating: (values: 0, all: 0), count: width)
    for other in body(below: row) {
      for (column, cell) in cells(other).enumerated() where !cell.isEmpty {
        counts[column].all += 1
        if isValue(cell) { counts[column].values += 1 }
      }
    }
    return counts.map { $0.values > 0 && Double($0.values) >= Self.clearShare * Double($0.all) }
  }

  /// Whether a cell is a number, a date, an amount of money, or a mark for a missing one.
  private func isValue(_ cell: [UInt8]) -> Bool {
    if cell.isEmpty { return false }
    if !(cell.withBytes { TypeGuess($0) }).isEmpty { return true }
    let text = String(decoding: cell, as: UTF8.self)
    if HeaderEvidence.missing.contains(text.lowercased()) { return true }
    let bare = text.drop { "+-–(£$€¥~<>≤≥ ".contains($0) }
    return bare.first.map { $0.isASCII && $0.isNumber } ?? false
  }
}
