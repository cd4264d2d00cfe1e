import PlumbDatabase
import PlumbEngine
import Testing

/// `top` gives what sorting everything gives, though it reads the most promising row groups first and leaves out others.
@Suite struct TopTests {
  private static let catalog: Catalog = {
    let catalog = Catalog()
    var state: UInt64 = 7
    func random(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }
    let groups = (0..<5).map { group -> RowGroup in
      let count = 9_000
      let id = VectorBuilder(.long), k = VectorBuilder(.long), x = VectorBuilder(.real), s = VectorBuilder(.string)
      for row in 0..<count {
        id.append(word: Int64(group * count + row))
        if random(50) == 0 { k.appendNull() } else { k.append(word: Int64(random(40)) + Int64(group % 3)) }
        switch random(40) {
        case 0: x.appendNull()
        case 1 where group == 1: x.append(real: .nan)
        default: x.append(real: Double(random(100_000)) / 8 - Double(group) * 100)
        }
        s.append(string: "text \(random(5_000))")
      }
      return RowGroup([id.finish(), k.finish(), x.finish(), s.finish()], count: count)
    }
    let schema = [ColumnInfo("id", .long), ColumnInfo("k", .long), ColumnInfo("x", .real), ColumnInfo("s", .string)]
    catalog.add(Table(name: "t", schema: schema, groups: groups))
    return catalog
  }()

  private func rows(_ query: String, disabling rules: Set<String>, threads: Int) throws -> [[Value]] {
    var options = SessionOptions(threads: threads)
    options.tuning.disabledRules = rules
    options.tuning.rowsWorthAWorker = 1
    return try Session(catalog: Self.catalog, options: options).run(query).flatMap(\.chunks).flatMap { chunk in
      let columns = chunk.vectors()
      return (0..<chunk.count).map { row in columns.map { $0.value(at: row) } }
    }
  }

  @Test(arguments: [
    "id asc", "id desc", "k desc", "k asc nulls last", "k asc", "x desc", "x asc", "x desc nulls first", "x asc nulls last",
    "k desc, s asc", "k desc, x desc, id desc", "s desc", "s asc, id desc", "k + 1 desc, x asc nulls first",
  ])
  func sameAsSorting(keys: String) throws {
    for count in [1, 7, 400] {
      let all = "t | where id % 7 != 3"
      let query = "\(all) | top \(count) by \(keys) | project id"
      let expected = try rows("\(all) | sort by \(keys) | take \(count) | project id", disabling: Set(RewriteRule.names), threads: 1)
      #expect(expected.count == count)
      for threads in [1, 3] {
        #expect(try rows(query, disabling: [], threads: threads) == expected, "\(count) by \(keys), \(threads) workers")
      }
    }
  }
}
