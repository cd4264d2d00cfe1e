import PlumbDatabase
import PlumbEngine
import Testing

/// Functions of moments that have one result for a range of moments give it for all rows of a chunk within the range.
@Suite struct LevelTests {
  private static let rows = 3_000
  private static let start: Int64 = 638_700_000_000_000_000

  /// The moments of `sorted` are within an hour and `mixed` alternates between them and others; `n` has the numbers from 1.
  private static let session: Session = {
    let sorted = VectorBuilder(.datetime), mixed = VectorBuilder(.datetime), numbers = VectorBuilder(.long)
    for row in 0..<rows {
      let moment = start - start % 36_000_000_000 + Int64(row) * 12_000_000 - (row == rows - 1 ? 1 : 0)
      sorted.append(word: moment)
      mixed.append(word: row % 2 == 0 ? moment : moment + Int64(row) * 8_640_000_000_000)
      numbers.append(.long(Int64(row) + 1))
    }
    let catalog = Catalog()
    catalog.add(
      Table(
        name: "t", schema: [ColumnInfo("sorted", .datetime), ColumnInfo("mixed", .datetime), ColumnInfo("n", .long)],
        groups: [RowGroup([sorted.finish(), mixed.finish(), numbers.finish()], count: rows)]))
    return Session(catalog: catalog, options: SessionOptions(threads: 1))
  }()

  private func columns(_ query: String) throws -> [Vector] {
    try Self.session.run(query).flatMap(\.chunks).flatMap { $0.vectors() }
  }

  private func values(_ vector: Vector) -> [Value] { (0..<vector.count).map { vector.value(at: $0) } }

  @Test(arguments: [
    "getyear(X)", "getmonth(X)", "dayofmonth(X)", "dayofyear(X)", "week_of_year(X)", "hourofday(X)", "dayofweek(X)",
    "startofday(X)", "startofweek(X)", "startofmonth(X)", "startofyear(X)", "endofday(X)", "endofmonth(X)", "bin(X, 1h)",
    "bin(X, 1d)", "bin(X, 7d)", "toint(dayofweek(X) / 1d)",
  ])
  func oneResult(expression: String) throws {
    let sorted = try columns("t | project r = \(expression.replacing("X", with: "sorted"))")
    let mixed = try columns("t | project r = \(expression.replacing("X", with: "mixed"))")
    #expect(sorted.count == 1 && sorted[0].isConstant && sorted[0].count == Self.rows)
    #expect(mixed.count == 1 && !mixed[0].isConstant)
    let results = values(sorted[0]), others = values(mixed[0])
    #expect(stride(from: 0, to: Self.rows, by: 2).allSatisfy { results[$0] == others[$0] })
  }

  /// A step that divides the moments, and moments beside the ends of an hour.
  @Test(arguments: ["bin(sorted, 10m)", "bin(sorted, 1s)", "hourofday(sorted - 1tick)", "hourofday(sorted + 1h - 1tick)"])
  func severalResults(expression: String) throws {
    let query = "t | extend r = \(expression) | summarize n = count(), first = min(sorted), last = max(sorted) by r | sort by first asc"
    let naive = "t | extend r = \(expression.replacing("sorted", with: "iff(n > 0, sorted, datetime(null))"))"
      + " | summarize n = count(), first = min(sorted), last = max(sorted) by r | sort by first asc"
    let found = try columns(query).map(values), expected = try columns(naive).map(values)
    #expect(found == expected && found[0].count > 1)
  }

  /// Groups of a growing function of whole numbers, at the powers where it jumps.
  @Test(arguments: [("log2", "1"), ("log2", "0.5"), ("log10", "1"), ("log", "0.25")])
  func groupsOfLogarithms(function: String, step: String) throws {
    for source in ["n", "n - 1", "n - 2", "n * n", "1 - n"] {
      let key = "toint(floor(\(function)(\(source)), \(step)))"
      let bounded = try columns("t | summarize c = count(), first = min(n), last = max(n) by k = \(key) | sort by first asc")
      let texts = try columns(
        "t | summarize c = count(), first = min(n), last = max(n) by k = tostring(\(key)) | sort by first asc | extend k = toint(k)")
      #expect(bounded.map(values) == texts.map(values), "\(key)")
    }
  }
}
