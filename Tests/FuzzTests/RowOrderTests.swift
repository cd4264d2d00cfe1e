import Foundation
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import TestSupport
import Testing

/// Where the order of rows shows, it is the same on any number of workers: through unions of unions, joins, partitions,
/// expansions and sorts with equal keys, as window functions, `take` and lists see it.
@Suite(.serialized, .enabled(if: LongTests.areRun)) struct RowOrderTests {
  @Test func orderDoesNotDependOnTheWorkers() throws {
    let count = Effort.of(1_500, sample: 100)
    var queries = RowOrderQueries(seed: 20_250_611)
    let catalog = Catalog()
    for table in queries.tables { catalog.add(table) }
    let alone = Workers(1, catalog), others = [Workers(2, catalog), Workers(7, catalog)]
    for number in 0..<count {
      let text = queries.next()
      let expected = try alone.rows(of: text)
      for workers in others {
        for _ in 0..<2 {
          let rows = try workers.rows(of: text)
          guard rows != expected else { continue }
          let place = zip(rows, expected).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(rows.count, expected.count)
          Issue.record("query \(number), \(workers.count) workers, \(rows.count) of \(expected.count) rows, from row \(place)\n\(text)")
        }
      }
    }
  }

  /// Many chunks, so that workers overtake each other; a packed number of union and chunk once made them equal.
  @Test(arguments: [1, 2, 7]) func unionsNest(threads: Int) throws {
    let legs = (0..<6).map { "(range x from \($0 * 200_000 + 1) to \(($0 + 1) * 200_000) step 1)" }
    let nested = "union (union \(legs[0]), (union \(legs[1]), \(legs[2]))), (union (union \(legs[3]), \(legs[4])), \(legs[5]))"
    let workers = Workers(threads, Catalog())
    #expect(try workers.rows(of: "\(nested) | serialize | extend p = prev(x) | where p > x | count") == ["0,"])
    #expect(try workers.rows(of: "\(nested) | extend k = x % 2 | top 3 by k asc | project x") == ["2,", "4,", "6,"])
    #expect(try workers.rows(of: "\(nested) | summarize by k = x % 3") == ["1,", "2,", "0,"])
  }
}

/// A session with so many workers, each of which is started for any rows at all.
private struct Workers {
  let count: Int
  private let session: Session

  init(_ count: Int, _ catalog: Catalog) {
    self.count = count
    var options = SessionOptions(threads: count, memoryLimit: 4 << 30, clock: { 638_770_000_000_000_000 }, seed: 1)
    options.tuning.rowsWorthAWorker = 1
    session = Session(catalog: catalog, options: options)
  }

  func rows(of query: String) throws -> [String] {
    guard let answer = try session.run(query).last else { return [] }
    return answer.chunks.flatMap { chunk in
      let columns = chunk.vectors()
      return (0..<chunk.count).map { row in
        var text = ByteBuffer()
        for column in columns {
          column.printLiteral(at: row, to: &text)
          text.append(0x2C)
        }
        return text.string
      }
    }
  }
}

/// Writes random queries over tables of `id`, `k` and `s`, of which every row's place can be seen.
private struct RowOrderQueries {
  private var dice: Dice

  init(seed: UInt64) { dice = Dice(seed: seed) }

  /// Tables of many small row groups, each of which makes a chunk.
  lazy var tables: [Table] = ["A", "B", "C"].map { name in
    var first: Int64 = 0
    let groups = (0..<(20 + dice.roll(40))).map { _ -> RowGroup in
      let count = 1 + dice.roll(25)
      let types: [ScalarType] = [.long, .long, .string]
      let columns = types.enumerated().map { place, type -> Vector in
        let builder = VectorBuilder(type, capacity: count)
        for row in 0..<count {
          switch place {
          case 0: builder.append(.long(first + Int64(row)))
          case 1: builder.append(.long(Int64(dice.roll(6))))
          default: builder.append(.string("\(name)\(dice.roll(4))"))
          }
        }
        return builder.finish()
      }
      first += Int64(count)
      return RowGroup(columns, count: count)
    }
    return Table(
      name: name, schema: [ColumnInfo("id", .long), ColumnInfo("k", .long), ColumnInfo("s", .string)], groups: groups)
  }

  mutating func next() -> String {
    let source = rows(depth: 4)
    switch dice.roll(6) {
    case 0: return "\(source)\n| take \(1 + dice.roll(200))"
    case 1: return "\(source)\n| sort by \(key())\n| summarize make_list(id), make_set(k), take_any(s) by k"
    case 2: return "\(source)\n| top \(1 + dice.roll(60)) by \(key())"
    case 3: return "\(source)\n| summarize n = count(), sum(id) by k, s\n| serialize\n| extend r = row_number()"
    default: return "\(source)\n| serialize\n| extend p = prev(id), n = next(k, 2), r = row_number(), c = row_cumsum(id)"
    }
  }

  private mutating func key() -> String { "\(dice.pick(["k", "s", "k % 2"])) \(dice.pick(["asc", "desc"]))" }

  /// A tabular expression that can begin a query or a subquery.
  private mutating func rows(depth: Int) -> String {
    if depth == 0 || dice.flip(oneIn: 6) { return dice.flip(oneIn: 4) ? series() : dice.pick(["A", "B", "C"]) }
    if dice.flip(oneIn: 2) {
      let legs = (0..<(2 + dice.roll(2))).map { _ in "(\(rows(depth: depth - 1)))" }
      return "union \(legs.joined(separator: ", "))"
    }
    return "\(rows(depth: depth - 1))\n| \(step(depth: depth - 1))"
  }

  private mutating func series() -> String {
    let count = dice.pick([1, 50, 5_000])
    return "range id from 1 to \(count) step 1 | extend k = id % \(2 + dice.roll(5)), s = \"r\""
  }

  private mutating func step(depth: Int) -> String {
    switch dice.roll(10) {
    case 0: return "where k != \(dice.roll(6))"
    case 1: return "extend k = (k + id) % 5"
    case 2: return "take \(1 + dice.roll(400))"
    case 3: return "top \(1 + dice.roll(60)) by \(key())"
    case 4: return "sort by \(key())"
    case 5: return "take 300 | mv-expand i = range(0, k % 3) to typeof(long) | project id = id * 10 + i, k, s"
    case 6:
      let kind = dice.pick(["inner", "leftouter", "leftsemi", "leftanti", "fullouter", "innerunique"])
      let other = "\(rows(depth: Swift.min(depth, 1))) | take 40"
      let project = kind == "leftsemi" || kind == "leftanti" ? "" : " | project id = coalesce(id, -id1), k = coalesce(k, k1), s"
      return "take 300 | join kind=\(kind) (\(other)) on \(dice.pick(["k", "id"]))\(project)"
    case 7: return "partition by k (\(dice.pick(["take 7", "top 3 by s", "sort by s asc", "where id % 3 == 0"])))"
    case 8: return "summarize id = min(id), s = take_any(\"x\") by k | project id, k, s"
    default: return "serialize | extend id = id + coalesce(prev(k), 0)"
    }
  }
}
