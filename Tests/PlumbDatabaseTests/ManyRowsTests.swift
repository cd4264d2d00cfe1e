import PlumbDatabase
import PlumbEngine
import Testing

/// What is shared out among workers once rows are many (sorts, groups of small domains, numbered keys, lists) gives what
/// plain Swift gives.
@Suite(.serialized) struct ManyRowsTests {
  /// A row of the table `t`; nil is null.
  private struct Row {
    var id: Int64
    /// Small but for one row in 64, so that most rows begin with the same bits.
    var skewed: Int64
    var key: Int64?
  }

  private static let rows: [Row] = {
    var state: UInt64 = 11
    func random(_ bound: Int64) -> Int64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int64(state >> 33) % bound
    }
    return (0..<140_000).map { number in
      Row(
        id: Int64(number), skewed: random(64) == 0 ? random(1 << 40) : random(1000),
        key: random(500) == 0 ? nil : random(20_000))
    }
  }()

  private static let catalog: Catalog = {
    let catalog = Catalog()
    let groups = stride(from: 0, to: rows.count, by: 60_000).map { start -> RowGroup in
      let part = rows[start..<min(start + 60_000, rows.count)]
      let id = VectorBuilder(.long), skewed = VectorBuilder(.long), key = VectorBuilder(.long)
      for row in part {
        id.append(word: row.id)
        skewed.append(word: row.skewed)
        if let value = row.key { key.append(word: value) } else { key.appendNull() }
      }
      return RowGroup([id.finish(), skewed.finish(), key.finish()], count: part.count)
    }
    catalog.add(
      Table(
        name: "t", schema: [ColumnInfo("id", .long), ColumnInfo("skewed", .long), ColumnInfo("key", .long)], groups: groups))
    return catalog
  }()

  /// The columns of an answer, -1 for null.
  private func columns(_ query: String, threads: Int) throws -> [[Int64]] {
    let session = Session(catalog: Self.catalog, options: SessionOptions(threads: threads))
    let chunks = try session.run(query).flatMap(\.chunks)
    let width = chunks.first?.columnCount ?? 0
    return (0..<width).map { column in chunks.flatMap { $0.column(column).words(null: -1) } }
  }

  @Test(arguments: [1, 3])
  func sortsOfSkewedNumbers(threads: Int) throws {
    let ascending = Self.rows.sorted { ($0.skewed, $0.id) < ($1.skewed, $1.id) }
    #expect(try columns("t | sort by skewed asc, id asc | project id", threads: threads) == [ascending.map(\.id)])
    let numbered = try columns("t | sort by skewed asc | extend n = row_number(), p = prev(id) | project n, p", threads: threads)
    #expect(numbered == [(1...140_000).map { Int64($0) }, [-1] + ascending.dropLast().map(\.id)])
    let byKey = Self.rows.sorted { ($0.key ?? .max, -$0.skewed, $0.id) < ($1.key ?? .max, -$1.skewed, $1.id) }
    #expect(
      try columns("t | sort by key asc nulls last, skewed desc | project id", threads: threads) == [byKey.map(\.id)])
    // Few different values leave nothing for a second look.
    let few = Self.rows.sorted { ($0.skewed % 3, $0.id) < ($1.skewed % 3, $1.id) }
    #expect(try columns("t | extend m = skewed % 3 | sort by m asc | project id", threads: threads) == [few.map(\.id)])
  }

  /// Keys of a dense domain, of one with gaps, and of one that is mostly empty.
  @Test(arguments: [1, 3], [1, 3, 50])
  func groupsOfSmallDomains(threads: Int, factor: Int64) throws {
    var expected: [Int64: [Int64]] = [:]
    for row in Self.rows where row.id % 5 != 0 {
      let group = row.key.map { $0 * factor } ?? -1
      let known = expected[group] ?? [0, 0, .min]
      expected[group] = [known[0] + 1, known[1] + row.id, max(known[2], row.skewed)]
    }
    let found = try columns(
      "t | where id % 5 != 0 | summarize n = count(), s = sum(id), m = max(skewed) by k = key * \(factor) % \(20_000 * factor)",
      threads: threads)
    #expect(found.count == 4 && found[0].count == expected.count)
    for (place, group) in (found.first ?? []).enumerated() {
      let values = [found[1][place], found[2][place], found[3][place]]
      if expected[group] != values {
        Issue.record("\(group): \(values) in place of \(expected[group] ?? [])")
        return
      }
    }
  }

  @Test(arguments: [1, 3])
  func bestOfEachPartition(threads: Int) throws {
    var best: [Int64: [Row]] = [:]
    for row in Self.rows.sorted(by: { ($0.skewed, $0.id) < ($1.skewed, $1.id) }) {
      if best[row.key ?? -1, default: []].count < 2 { best[row.key ?? -1, default: []].append(row) }
    }
    let found = try columns(
      "t | partition hint.strategy=native by key (top 2 by skewed asc | project id, key) | sort by id asc | project id",
      threads: threads)
    #expect(found == [best.values.flatMap { $0 }.map(\.id).sorted()])
  }

  /// The left side's first row of each key, and no row without one.
  @Test(arguments: [1, 3])
  func joinsOfManyRows(threads: Int) throws {
    var first: [Int64: Int64] = [:]
    for row in Self.rows { if let key = row.key, first[key] == nil { first[key] = row.id } }
    let found = try columns("t | join (range key from 0 to 19999 step 1) on key | sort by id asc | project id", threads: threads)
    #expect(found == [first.values.sorted()])
  }

  @Test(arguments: [1, 3])
  func listsOfManyValues(threads: Int) throws {
    let found = try columns(
      "t | sort by id asc | summarize l = make_list(id) by g = id % 7 | mv-expand l to typeof(long) | project g, l", threads: threads)
    var places = [Int64](repeating: -1, count: 7)
    #expect(found.count == 2 && found[0].count == Self.rows.count)
    for (group, id) in zip(found[0], found[1]) {
      if id % 7 != group || id <= places[Int(group)] {
        Issue.record("\(id) after \(places[Int(group)]) in the list of \(group)")
        return
      }
      places[Int(group)] = id
    }
  }
}
