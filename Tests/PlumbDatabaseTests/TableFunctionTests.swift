import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbPresentation
import Synchronization
import Testing

/// Table functions of the catalog that stand for a text of KQL.
struct TableFunctionTests {
  private let session: Session

  init() {
    let catalog = Catalog()
    catalog.add(
      TableFunction("doubled", "The numbers up to `limit`, twice.", "limit", examples: [], tells: .facts, ranking: "twice", kql: { call in
        var arguments = TableArguments(call)
        let limit = try arguments.count("limit") ?? 3
        try arguments.finish()
        return "range x from 1 to \(limit) step 1 | extend twice = x * 2"
      }))
    catalog.add(TableFunction("counted", "Counts the rows before the pipe.", "", examples: [], tells: .facts, kql: { _ in "input | count" }))
    catalog.add(TableFunction("broken", "Reads what is not there.", "", examples: [], tells: .facts, kql: { _ in "nowhere | count" }))
    catalog.add(TableFunction("endless", "Calls itself.", "", examples: [], tells: .facts, kql: { _ in "endless()" }))
    session = Session(catalog: catalog)
  }

  private func lines(_ text: String) throws -> [String] {
    var bytes: [UInt8] = []
    let writer = ResultFormat.csv.writer(to: ByteSink { bytes += $0 })
    for answer in try session.run(text) { _ = try writer.write(answer) }
    try writer.finish()
    return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
  }

  private func code(_ text: String) -> (code: String, span: SourceSpan?)? {
    do {
      _ = try session.run(text)
      return nil
    } catch {
      let first = (error as? Diagnostics)?.list.first
      return first.map { ($0.code, $0.span) }
    }
  }

  @Test func runsTheTextForItsArguments() throws {
    #expect(try lines("doubled(2)") == ["x,twice", "1,2", "2,4"])
    #expect(try lines("doubled(limit = 1)") == ["x,twice", "1,2"])
    #expect(try lines("doubled | top 1") == ["x,twice", "3,6"])
  }

  @Test func callsTheRowsBeforeThePipeInput() throws {
    #expect(try lines("range n from 1 to 7 step 1 | where n > 2 | invoke counted()") == ["Count", "5"])
  }

  /// The user sees the call and not the text, so the caret is under the call.
  @Test func tellsMistakesAtTheCall() {
    let found = code("print 1; broken()")
    #expect(found?.code == "unknown-table")
    #expect(found?.span == SourceSpan(9, 17))
    #expect(code("doubled(-1)")?.span == SourceSpan(8, 10))
    #expect(code("doubled(1, 2)")?.code == "argument-count")
    #expect(code("doubled(size = 2)")?.code == "unknown-argument")
  }

  @Test func endsWhenAFunctionCallsItself() { #expect(code("endless()")?.code == "too-deep") }

  @Test func filtersReachIntoTheText() throws {
    let plan = try lines("explain doubled(9) | where x > 7 | project twice").joined(separator: "\n")
    #expect(plan.contains("Range: x, 9 values"))
    #expect(!plan.contains("Call:"))
    #expect(try lines("doubled(9) | where x > 7 | project twice") == ["twice", "16", "18"])
  }
}

/// Table functions with a computation of their own: it runs when the query does, and never before.
struct ComputedFunctionTests {
  private let session: Session
  private let calls = Counter()

  private final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add() { count.withLock { $0 += 1 } }
  }

  init() {
    let catalog = Catalog()
    let calls = calls
    let columns = [ColumnInfo("n", .long), ColumnInfo("square", .long)]
    catalog.add(
      TableFunction(
        "squares", "Squares up to `limit`, or of the rows before the pipe.", "limit", examples: [], tells: .facts, columns: columns,
        ranking: "square"
      ) { call in
        var arguments = TableArguments(call)
        let limit = try arguments.count("limit") ?? 3
        try arguments.finish()
        return { run in
          calls.add()
          let numbers = try run.input.map { table in
            try table.groups.flatMap { group in
              let column = try group.column(0)
              return (0..<group.count).map { column.word(at: $0) }
            }
          }
          return Table(
            name: "squares", schema: columns,
            rows: (numbers ?? (0..<limit).map { $0 + 1 }).map { [.long($0), .long($0 * $0)] })
        }
      })
    catalog.add(
      TableFunction("liar", "Has other columns than it says.", "", examples: [], tells: .facts, columns: columns) { _ in
        { _ in Table(name: "liar", schema: [ColumnInfo("m", .long)], rows: [[.long(1)]]) }
      })
    catalog.add(
      TableFunction("asking", "Asks the catalog.", "", examples: [], tells: .facts, columns: [ColumnInfo("Count", .long)]) { _ in
        { run in try run.run("squares(4) | count") }
      })
    session = Session(catalog: catalog)
  }

  private func lines(_ text: String) throws -> [String] {
    var bytes: [UInt8] = []
    let writer = ResultFormat.csv.writer(to: ByteSink { bytes += $0 })
    for answer in try session.run(text) { _ = try writer.write(answer) }
    try writer.finish()
    return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
  }

  @Test func nothingRunsBeforeTheQuery() throws {
    let texts = [
      "squares()", "squares(5) | where n > 2 | top 1", "let s = squares(2); s | join (squares(3)) on n",
      "range n from 1 to 4 step 1 | invoke squares() | summarize sum(square)", "print toscalar(squares() | count)",
      "union squares(1), squares(2)", "materialize(squares())", "squares | getschema",
    ]
    for text in texts {
      #expect(session.check(text) == [], "\(text)")
      #expect(session.schema(of: text) != nil, "\(text)")
    }
    #expect(session.schema(of: "squares(5) | where n > 2 | extend half = square / 2")?.map(\.name) == ["n", "square", "half"])
    _ = try session.run("explain squares(5) | where n > 2 | top 1")
    _ = try session.expanded("squares(5) | where n > 2")
    #expect(calls.value == 0)
    #expect(try lines("squares(5) | where n > 2 | top 1") == ["n,square", "5,25"])
    #expect(calls.value == 1)
  }

  @Test func explainShowsTheCall() throws {
    let plan = try lines("explain squares(5) | where n > 2 | take 1").joined(separator: "\n")
    #expect(plan.contains("Call: squares(5)"))
  }

  @Test func argumentsAreCheckedBeforeTheQueryRuns() {
    #expect(session.check("squares(\"x\")").first?.code == "argument-types")
    #expect(session.check("squares(1, 2)").first?.code == "argument-count")
    #expect(session.check("squares(size = 2)").first?.code == "unknown-argument")
    #expect(session.check("squares(2) | where m > 1").first?.code == "unknown-column")
    #expect(calls.value == 0)
  }

  @Test func eachPartitionIsGivenItsRows() throws {
    let text = """
      range n from 1 to 6 step 1 | extend odd = n % 2 | partition by odd (invoke squares() | summarize total = sum(square))
      | sort by total asc
      """
    #expect(try lines(text) == ["total", "35", "56"])
    #expect(calls.value == 2)
  }

  @Test func aFunctionCanAskTheCatalog() throws { #expect(try lines("asking()") == ["Count", "4"]) }

  @Test func theColumnsAreThoseThatAreDeclared() {
    #expect(throws: Diagnostics.self) { try session.run("liar()") }
  }
}
