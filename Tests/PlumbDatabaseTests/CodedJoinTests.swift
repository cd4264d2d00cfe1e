import PlumbDatabase
import PlumbEngine
import Testing

/// Joins by texts that are codes give what joins by plain texts give, and texts that they add are still codes.
@Suite struct CodedJoinTests {
  private static let rows = 2_000

  /// `runs` and `owners` with texts as codes, under dictionaries of their own, or plain. Some pipelines of either are not in the other.
  private func session(coded: Bool) -> Session {
    let pipelines = (0..<40).map { "p\($0)" }, owned = (10..<60).reversed().map { "p\($0)" }, tiers = ["gold", "silver", "bronze"]
    func texts(_ entries: [String], _ count: Int, _ place: (Int) -> Int) -> Vector {
      guard coded else {
        let plain = VectorBuilder(.string)
        for row in 0..<count { plain.append(string: entries[place(row)]) }
        return plain.finish()
      }
      let codes = Buffer(byteCount: count)
      for row in 0..<count { codes.values(UInt8.self)[row] = UInt8(place(row)) }
      return .filledCodes(StringDictionary(entries), .codes8, count: count, codes)
    }
    let numbers = VectorBuilder(.long)
    for row in 0..<Self.rows { numbers.append(.long(Int64(row))) }
    let catalog = Catalog()
    catalog.add(
      Table(
        name: "runs", schema: [ColumnInfo("pipeline", .string), ColumnInfo("n", .long)],
        groups: [RowGroup([texts(pipelines, Self.rows) { $0 * 7 % 40 }, numbers.finish()], count: Self.rows)]))
    catalog.add(
      Table(
        name: "owners", schema: [ColumnInfo("pipeline", .string), ColumnInfo("tier", .string)],
        groups: [RowGroup([texts(owned, 50) { $0 }, texts(tiers, 50) { $0 % 3 }], count: 50)]))
    return Session(catalog: catalog, options: SessionOptions(threads: 1))
  }

  private func answer(_ query: String, coded: Bool) throws -> (rows: [[Value]], columns: [Vector]) {
    let chunks = try session(coded: coded).run(query).flatMap(\.chunks)
    let rows = chunks.flatMap { chunk in
      (0..<chunk.count).map { row in (0..<chunk.columnCount).map { chunk.column($0).value(at: row) } }
    }
    return (rows, chunks.flatMap { $0.vectors() })
  }

  @Test(arguments: ["innerunique", "inner", "leftouter", "rightouter", "fullouter", "leftsemi", "leftanti", "rightsemi", "rightanti"])
  func sameAsPlainTexts(kind: String) throws {
    let key = kind == "leftsemi" || kind == "leftanti" ? "n asc" : kind.hasSuffix("i") ? "pipeline asc" : "n asc, pipeline1 asc"
    let query = "runs | join kind=\(kind) owners on pipeline | sort by \(key)"
    let coded = try answer(query, coded: true).rows
    #expect(!coded.isEmpty)
    let plain = try answer(query, coded: false).rows
    #expect(coded == plain)
  }

  @Test func addedTextsAreCodes() throws {
    let query = "runs | lookup owners on pipeline | project tier, pipeline"
    let coded = try answer(query, coded: true)
    #expect(coded.rows.count == Self.rows && coded.rows.contains { $0[0] == .string("") })
    let areCodes = coded.columns.allSatisfy(\.encoding.isCodes)
    #expect(areCodes)
    let plain = try answer(query, coded: false)
    #expect(coded.rows == plain.rows)
  }

  /// The same dictionary is asked again by short and by long chunks.
  @Test func filteredProbe() throws {
    let query = "union (runs | where n < 3), runs | join kind=inner owners on pipeline | summarize count(), sum(n) by tier | sort by tier asc"
    let coded = try answer(query, coded: true), plain = try answer(query, coded: false)
    #expect(coded.rows == plain.rows)
  }
}
