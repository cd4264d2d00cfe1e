import PlumbDatabase
import PlumbEngine
import Testing

/// `dcount` counts texts by their codes or by their hashes, and gives what `count_distinct` gives.
@Suite struct DistinctCountTests {
  private static let rows = 4_000

  /// Texts as codes of one dictionary, of another, and of one for each group of rows, and plain texts of which few repeat.
  private static let catalog: Catalog = {
    let catalog = Catalog()
    func add(_ name: String, _ texts: (_ group: Int) -> Vector) {
      let groups = (0..<3).map { group -> RowGroup in
        let g = VectorBuilder(.long)
        for row in 0..<rows { g.append(word: Int64((group * rows + row) % 7)) }
        return RowGroup([g.finish(), texts(group)], count: rows)
      }
      catalog.add(Table(name: name, schema: [ColumnInfo("g", .long), ColumnInfo("s", .string)], groups: groups))
    }
    func coded(_ dictionary: StringDictionary) -> Vector {
      let codes = Buffer(byteCount: rows)
      for row in 0..<rows { codes.values(UInt8.self)[row] = UInt8(row % dictionary.count) }
      return .filledCodes(dictionary, .codes8, count: rows, codes)
    }
    let few = StringDictionary((0..<50).map { "text \($0)" }), others = StringDictionary((20..<100).map { "text \($0)" })
    add("few") { _ in coded(few) }
    add("others") { _ in coded(others) }
    add("each") { group in coded(StringDictionary((0..<30).map { "text \($0 + group * 10)" })) }
    add("many") { group in
      let builder = VectorBuilder(.string)
      for row in 0..<rows { builder.append(string: "a longer text with the number \((group * rows + row) % 9_000)") }
      return builder.finish()
    }
    return catalog
  }()

  private static let sources = [
    "few", "each", "many", "union few, others", "union each, few", "union few, many", "union many, few", "union few, others, many",
    "few | extend s = strcat(s, g)", "union few, (many | extend s = iff(g == 1, '', s))",
    "many | extend s = todynamic(s)", "many | extend s = hash_md5(s) | extend s = toguid(s)", "few | where false",
  ]

  @Test(arguments: sources, [1, 2, 7]) func isWhatCountDistinctIs(source: String, threads: Int) throws {
    var options = SessionOptions(threads: threads)
    options.tuning.rowsWorthAWorker = 1
    let session = Session(catalog: Self.catalog, options: options)
    for query in [
      "summarize a = dcount(s), b = count_distinct(s)", "summarize a = dcount(s), b = count_distinct(s) by g",
      "summarize a = dcountif(s, g > 2), b = count_distinctif(s, g > 2) by g % 2",
    ] {
      let chunks = try session.run("\(source) | \(query)").flatMap(\.chunks)
      var rows = 0
      for chunk in chunks {
        let columns = chunk.vectors()
        let a = columns.count - 2
        for row in 0..<chunk.count {
          rows += 1
          #expect("\(columns[a].value(at: row))" == "\(columns[a + 1].value(at: row))", "\(source) | \(query)")
        }
      }
      #expect(rows > 0 || source.hasSuffix("false"), "\(source) | \(query)")
    }
  }
}
