import PlumbDatabase
import PlumbEngine
import Testing

/// An aggregation that is answered from what row groups know of themselves gives what their rows give, in the same order.
@Suite struct RowGroupStatisticsTests {
  /// Five groups: times mostly in order, two columns of few texts, one of many, and numbers with and without nulls and NaN.
  private static let catalog: Catalog = {
    let catalog = Catalog()
    var state: UInt64 = 11
    func random(_ bound: UInt64) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % bound)
    }
    let few = StringDictionary(["succeeded", "failed", "skipped", ""]), others = StringDictionary(["other", "failed"])
    let groups = (0..<5).map { group -> RowGroup in
      let count = group == 3 ? 1 : 5_000
      let at = VectorBuilder(.datetime), n = VectorBuilder(.long), x = VectorBuilder(.real), s = VectorBuilder(.string)
      let codes = Buffer(of: UInt8.self, count: count)
      for row in 0..<count {
        at.append(word: Int64(group * 5_000 + row - (random(100) == 0 ? 700 : 0)))
        if group == 2, random(9) == 0 { n.appendNull() } else { n.append(word: Int64(random(1_000)) - 500) }
        x.append(real: group == 4 && row == 17 ? .nan : Double(random(1_000)) / 8)
        s.append(string: "text \(random(2_000))")
        codes.values(UInt8.self)[row] = UInt8(group == 4 ? random(2) : random(group == 0 ? 2 : 4))
      }
      // The last group has a dictionary of its own.
      let status = Vector.filledCodes(group == 4 ? others : few, .codes8, type: .string, count: count, codes)
      return RowGroup([at.finish(), status, n.finish(), x.finish(), s.finish()], count: count)
    }
    let schema = [
      ColumnInfo("at", .datetime), ColumnInfo("status", .string), ColumnInfo("n", .long), ColumnInfo("x", .real),
      ColumnInfo("s", .string),
    ]
    catalog.add(Table(name: "t", schema: schema, groups: groups))
    catalog.add(Table(name: "u", schema: schema, groups: Array(groups.prefix(4))))
    return catalog
  }()

  private func rows(_ query: String, statistics: Bool, threads: Int) throws -> [String] {
    var options = SessionOptions(threads: threads)
    options.tuning.usesStatistics = statistics
    options.tuning.rowsWorthAWorker = 1
    return try Session(catalog: Self.catalog, options: options).run(query).flatMap(\.chunks).flatMap { chunk in
      let columns = chunk.vectors()
      return (0..<chunk.count).map { row in columns.map { "\($0.value(at: row))" }.joined(separator: " ") }
    }
  }

  @Test(arguments: [
    "summarize count() by status",
    "summarize n = count(), bad = countif(status == 'failed') by status",
    "summarize count(), countif(status startswith 's'), dcount(status), min(status), max(status)",
    "where at > datetime(0001-01-01 00:00:00.0006000) | summarize count() by status",
    "where at > datetime(0001-01-01 00:00:00.0006000) and status != 'failed' | summarize count() by status",
    "where at between (datetime(0001-01-01) .. datetime(0001-01-01 00:00:00.0009000)) | summarize count()",
    "where status == 'failed' | count",
    "where status == 'failed' and status != 'failed' | summarize count()",
    "where status == 'nowhere' | summarize count() by status",
    "where n >= -500 | summarize count() by status",
    "where n > -501 and x >= 0.0 | summarize count() by strlen(status)",
    "where x > real(nan) | summarize count()",
    "where x between (real(0) .. real(nan)) | summarize count()",
    "where x <= 1e300 | summarize count(), min(at), max(at)",
    "summarize count(), min(n), max(n), lowest = min(x), max(at)",
    "where at < datetime(0001-01-01 00:00:00.0010000) | summarize count(), min(x), max(x), min(at)",
    "summarize min(n) by status",
    "summarize count() by status, s | count",
    "where s != '' | summarize count() by status",
    "where status in ('failed', 'skipped') | summarize countif(n > 0) by status",
    "summarize sum(n) by status",
    "where rand() < 2 | summarize count() by status",
    "where at < datetime(0001-01-01) | summarize count() by status",
    "where at < datetime(0001-01-01) | summarize count(), min(at)",
  ])
  func sameAsRows(query: String) throws {
    for table in ["t", "u"] {
      let expected = try rows("\(table) | \(query)", statistics: false, threads: 1)
      for threads in [1, 3] {
        // Twice: the counts are made by the first query and kept for the second.
        for _ in 0..<2 { #expect(try rows("\(table) | \(query)", statistics: true, threads: threads) == expected) }
      }
    }
  }
}
