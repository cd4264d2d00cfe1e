import Foundation
import GRDB
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbStorage
import Synchronization
import TestSupport
import Testing

/// Queries over an attached SQLite table answer as queries over a copy of it do, whatever is pushed down.
@Suite(.serialized, .enabled(if: LongTests.areRun)) struct AttachedTests {
  private static let count = Effort.of(2_000, sample: 120)

  /// A file with every kind of column, some of them with indexes.
  private final class Fixture {
    let path: String
    let session: Session

    init() throws {
      path = NSTemporaryDirectory() + "plumb-attached-\(UUID().uuidString).db"
      var dice = Dice(seed: 20_261_123)
      let queue = try DatabaseQueue(path: path)
      try queue.write { db in
        try db.execute(
          sql: """
            CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, r REAL, m NUMERIC, s TEXT, c TEXT COLLATE NOCASE, d DATETIME,
              u TIMESTAMP, b BOOLEAN, x, "o d" INT);
            CREATE INDEX by_n ON t (n);
            CREATE INDEX by_s ON t (s);
            CREATE INDEX by_d ON t (d);
            CREATE VIEW v AS SELECT * FROM t;
            CREATE TABLE w (k TEXT PRIMARY KEY, id INTEGER, n INTEGER) WITHOUT ROWID;
            """)
        for id in 1...600 { try db.execute(sql: "INSERT INTO t VALUES (?,?,?,?,?,?,?,?,?,?,?)", arguments: Self.row(id, &dice)) }
        try db.execute(sql: "INSERT INTO w SELECT 'k' || id, id, n FROM t")
      }
      try queue.close()
      let context = ExecutionContext(now: 0, threads: 2, memoryLimit: 1 << 32)
      let catalog = Catalog()
      catalog.attach(try AttachedSQLite(path: path, properties: [:], context), as: "a")
      for table in ["t", "v", "w"] {
        catalog.add(try readTable(named: table, "\(path)#\(table)", ReadOptions(context: context)).table)
      }
      session = Session(catalog: catalog, options: SessionOptions(threads: 2))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    private static func row(_ id: Int, _ dice: inout Dice) -> StatementArguments {
      let numbers: [Int64?] = [nil, 0, 1, -1, 5, 9_007_199_254_740_993, -9_007_199_254_740_993, .max, .min, 42]
      let reals: [Double?] = [nil, 0, -0.5, 5, 1e300, 9_007_199_254_740_992, 0.1]
      let texts: [String?] = [nil, "", "a", "A", "failed", "FAILED task", "x%y", "it's", "naïve", "ß", "b_c", "ok failed"]
      let times: [String?] = [
        nil, "2024-01-31", "2024-01-31 23:59:59", "2024-02-01T00:30:00+02:00", "2024-02-01T10:00:00.123Z", "2023-06-01 08:00",
      ]
      let mixed: [(any DatabaseValueConvertible)?] = [nil, 1, "one", 2.5, Data([1, 255])]
      let real: Double? = dice.pick(reals)
      let number: Int64? = dice.flip(oneIn: 2) ? dice.pick(numbers) : Int64(dice.roll(100))
      let numeric: (any DatabaseValueConvertible)? = dice.flip(oneIn: 2) ? dice.pick(numbers) : dice.pick(reals)
      let unix: Int64? = dice.flip(oneIn: 10) ? nil : 1_706_700_000 + Int64(dice.roll(100_000))
      let flag: Int? = dice.pick([nil, 0, 1])
      return [
        id, number, real, numeric, dice.pick(texts), dice.pick(texts), dice.pick(times), unix, flag, dice.pick(mixed),
        dice.roll(9),
      ]
    }

    /// The rows of the last query, as text.
    func rows(_ query: String) throws -> [String] {
      guard let answer = try session.run(query).last else { return [] }
      return answer.chunks.flatMap { chunk in
        let vectors = chunk.vectors()
        return (0..<chunk.count).map { row in vectors.map { "\($0.value(at: row))" }.joined(separator: "|") }
      }
    }
  }

  private static func condition(_ dice: inout Dice, depth: Int = 0) -> String {
    let numbers = ["0", "5", "-1", "42", "9007199254740993", "9223372036854775807", "7.5", "9007199254740993.0", "1e300", "0.1"]
    let signs = ["==", "!=", "<", "<=", ">", ">="]
    let texts = [#""""#, #""a""#, #""A""#, #""failed""#, #""x%y""#, #""it's""#, #""naïve""#, #""fail""#, #""b_""#, #""ß""#]
    let times = [
      "datetime(2024-01-31)", "datetime(2024-01-31T22:30:00)", "datetime(2024-01-31T23:59:59)", "datetime(2023-06-01 08:00)",
      "datetime(2024-01-31T11:20:00.5)", "datetime(0001-01-01)", "datetime(9999-12-31)",
    ]
    if depth < 3, dice.flip(oneIn: 3) {
      let parts = (0..<2 + dice.roll(2)).map { _ in condition(&dice, depth: depth + 1) }
      return dice.flip(oneIn: 4) ? "not(\(parts[0]))" : "(" + parts.joined(separator: dice.pick([" and ", " or "])) + ")"
    }
    let number = dice.pick(["n", "r", "m", "id", "['o d']", "toreal(n)"]), text = dice.pick(["s", "c"]), time = dice.pick(["d", "u"])
    switch dice.roll(14) {
    case 0, 1: return "\(number) \(dice.pick(signs)) \(dice.pick(numbers))"
    case 2: return "\(dice.pick(numbers)) \(dice.pick(signs)) \(number)"
    case 3: return "\(number) \(dice.pick(["between", "!between"])) (\(dice.pick(numbers)) .. \(dice.pick(numbers)))"
    case 4: return "n \(dice.pick(["in", "!in"])) (\(dice.pick(numbers.prefix(6).map { $0 })), 7, 8)"
    case 5: return "\(text) \(dice.pick(["==", "!=", "=~"])) \(dice.pick(texts))"
    case 6: return "\(text) \(dice.pick(["in", "!in"])) (\(dice.pick(texts)), \(dice.pick(texts)))"
    case 7, 8:
      let word = dice.pick(["contains", "has", "startswith", "contains_cs", "has_cs", "startswith_cs", "!contains", "endswith"])
      return "\(text) \(word) \(dice.pick(texts))"
    case 9, 10: return "\(time) \(dice.pick(signs)) \(dice.pick(times))"
    case 11: return "\(time) \(dice.pick(["between", "!between"])) (\(dice.pick(times)) .. \(dice.pick(times)))"
    case 12: return dice.pick(["isnull(n)", "isnotnull(r)", "isempty(s)", "isnotempty(c)", "isnull(b)", "isnull(d)", "isempty(x)"])
    default: return dice.pick(["b", "not(b)", "b == true", "b != true", "x == \"1\"", "x != \"one\"", "n == r", "strlen(s) > 2"])
    }
  }

  @Test func conditionsSelectTheSameRows() throws {
    let fixture = try Fixture()
    var dice = Dice(seed: 7)
    var asked = 0
    for number in 0..<Self.count {
      let table = dice.pick(["t", "t", "t", "v"])
      let condition = Self.condition(&dice)
      let query = "| where \(condition) | sort by id asc"
      let copied = Result { try fixture.rows("\(table) \(query)") }
      guard case .success(let expected) = copied else { continue }
      asked += 1
      #expect(try fixture.rows("a.\(table) \(query)") == expected, "\(number): \(condition)")
      #expect(try fixture.rows("a.\(table) | where \(condition) | count") == ["\(Value.long(Int64(expected.count)))"], "\(number): \(condition)")
      let few = try fixture.rows("a.\(table) | where \(condition) | take 7 | project id")
      #expect(few.count == min(7, expected.count), "\(number): \(condition)")
      let all = Set(try fixture.rows("\(table) | where \(condition) | project id"))
      #expect(all.isSuperset(of: few), "\(number): \(condition)")
    }
    #expect(asked * 10 > Self.count * 8, "most of the conditions should be right KQL")
  }

  @Test(arguments: ["n", "r", "m", "u", "s, id", "d desc, id", "b, id", "id", "n desc, id", "r asc, n", "n asc nulls last", "u desc nulls first"])
  func firstRowsAreTheSame(keys: String) throws {
    let fixture = try Fixture()
    for query in ["| top 9 by \(keys)", "| where n > 3 | top 20 by \(keys)", "| where strlen(s) > 1 | top 5 by \(keys)"] {
      #expect(try fixture.rows("a.t \(query)") == fixture.rows("t \(query)"), "\(query)")
    }
  }

  @Test(arguments: [
    "t | summarize count(), sum(r), dcount(s) by b", "w | where k startswith_cs 'k1' | count", "w | top 3 by n | project n",
    "t | join kind=inner (a.w) on id | count", "t | where id in ((a.w | where n > 50 | project id)) | count",
    "t | take 0", "t | count", "v | count", "t | take 5 | count", "t | where n > 1000 and n < 0", "t | project id, u, d | sort by id asc",
    "t | extend k = n + 1 | where k > 10 | summarize sum(id)", "t | distinct c | sort by c asc",
    "t | where u > datetime(2024-01-31 12:00) | sort by id asc | project-away x",
  ])
  func queriesAnswerTheSame(query: String) throws {
    let fixture = try Fixture()
    let copy = query.replacingOccurrences(of: "a.w", with: "w")
    #expect(try fixture.rows("a." + query) == fixture.rows(copy))
    #expect(try fixture.rows("database('a')." + query) == fixture.rows(copy))
  }

  @Test func rowsThatComeLaterAreSeen() throws {
    let fixture = try Fixture()
    #expect(try fixture.rows("a.t | count") == ["\(Value.long(600))"])
    let queue = try DatabaseQueue(path: fixture.path)
    try queue.write { try $0.execute(sql: "INSERT INTO t (id, n) VALUES (601, 77777)") }
    #expect(try fixture.rows("a.t | where n == 77777 | count") == ["\(Value.long(1))"])
    // A value that does not fit the surveyed type is reported, not made null.
    try queue.write { try $0.execute(sql: "INSERT INTO t (id, n) VALUES (602, 'many')") }
    #expect(throws: Diagnostics.self) { try fixture.rows("a.t | summarize max(n)") }
    #expect(throws: Diagnostics.self) { try fixture.rows("a.t | where n > 5 | count") }
    // Different declarations are surveyed again.
    try queue.write { try $0.execute(sql: "ALTER TABLE t ADD COLUMN more INTEGER DEFAULT 3") }
    #expect(try fixture.rows("a.t | where n == 'many' | project more, n") == ["\(Value.long(3))|\(Value.string("many"))"])
  }

  @Test func aCancelledQueryEnds() throws {
    let fixture = try Fixture()
    let queue = try DatabaseQueue(path: fixture.path)
    try queue.write {
      try $0.execute(sql: "CREATE VIEW endless AS WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c) SELECT i FROM c WHERE i < 0")
    }
    let session = fixture.session
    let isDone = Flag()
    let canceller = Thread {
      while !isDone.isSet {
        usleep(20_000)
        session.cancel()
      }
    }
    canceller.start()
    defer { isDone.set() }
    do {
      _ = try session.run("a.endless | count")
      Issue.record("a view without an end ended")
    } catch let problems as Diagnostics {
      #expect(problems.list.first?.code == "cancelled")
    }
  }
}

private final class Flag: Sendable {
  private let value = Atomic<Bool>(false)
  var isSet: Bool { value.load(ordering: .relaxed) }
  func set() { value.store(true, ordering: .relaxed) }
}
