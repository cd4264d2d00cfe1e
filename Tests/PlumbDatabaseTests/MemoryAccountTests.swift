import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import Testing

/// What a query's buffers hold is charged to the query, whichever thread makes them, and paid back.
struct MemoryAccountTests {
  private static let texts = [
    "range n from 1 to 150000 step 1 | extend k = hash(n) | sort by k asc",
    "range n from 1 to 150000 step 1 | summarize count() by k = hash(n)",
    "range n from 1 to 100000 step 1 | extend s = strcat('text ', n) | summarize take_any(s), count() by n % 50000",
    "range n from 1 to 100000 step 1 | extend k = n % 60000 | join kind=inner (range k from 1 to 60000 step 1) on k",
    "range n from 1 to 150000 step 1 | summarize s = make_list(n) by n % 10",
    "range n from 1 to 100000 step 1 | extend s = strcat('a text of some length ', n)",
  ]

  private static func session(_ catalog: Catalog, threads: Int, limit: Int) -> Session {
    var options = SessionOptions(threads: threads, memoryLimit: limit)
    options.tuning.rowsWorthAWorker = 10_000
    return Session(catalog: catalog, options: options)
  }

  /// What an account still has: a worker may let go of its last chunk a moment after the answer is there.
  private static func remainder(of account: MemoryAccount) -> Int {
    for _ in 0..<1_000 where account.used >= 1 << 20 { usleep(10_000) }
    return account.used
  }

  /// A query that held so much at its peak runs with a little more, and not with half of it.
  @Test(arguments: [1, 7])
  func limitsAreWhatIsHeld(threads: Int) throws {
    for text in Self.texts {
      let account = MemoryAccount(limit: .max)
      _ = try Self.session(Catalog(memory: account), threads: threads, limit: .max).run(text)
      let peak = account.peak
      #expect(peak > 1 << 20, "\(text)")
      #expect(Self.remainder(of: account) < 1 << 20, "\(text) holds \(account.used) bytes after its end")
      // How far workers are at the same time differs from run to run.
      let more = threads == 1 ? peak / 10 : peak / 2
      _ = try Self.session(Catalog(), threads: threads, limit: peak + more).run(text)
      let problems = #expect(throws: Diagnostics.self) {
        try Self.session(Catalog(), threads: threads, limit: threads == 1 ? peak / 2 : peak / 4).run(text)
      }
      #expect(problems?.list.first?.code == "memory-limit", "\(text)")
    }
  }

  /// Answers that somebody holds stay charged to the catalog, not to the next query.
  @Test func answersAreNotTheNextQuerys() throws {
    let account = MemoryAccount(limit: .max)
    let session = Self.session(Catalog(memory: account), threads: 2, limit: 24 << 20)
    var held: [Answer] = []
    for _ in 0..<4 { held += try session.run("range n from 1 to 1000000 step 1") }
    #expect(account.used >= 4 * 8_000_000)
    held = []
    #expect(Self.remainder(of: account) < 1 << 20)
  }

  /// Tables count for the catalog as long as they are there, whichever query made them.
  @Test func tablesAreTheCatalogs() throws {
    let account = MemoryAccount(limit: 100 << 20)
    let catalog = Catalog(memory: account)
    catalog.addLazy("lazy", schema: [ColumnInfo("n", .long)]) {
      let made = try Session(catalog: Catalog(memory: MemoryAccount.current)).run("range n from 1 to 4000000 step 1")
      return Table(name: "lazy", schema: [ColumnInfo("n", .long)], groups: made[0].chunks.map { RowGroup($0.vectors(), count: $0.count) })
    }
    let session = Self.session(catalog, threads: 2, limit: 16 << 20)
    // More than the query's own limit, which the table is not part of.
    #expect(try session.run("lazy | where n > 3999999 | count").first?.rowCount == 1)
    #expect(account.used >= 32_000_000)
    // A limit of the catalog holds for tables and queries together.
    _ = try session.run(".set a <| lazy | where n % 8 == 0")
    let problems = #expect(throws: Diagnostics.self) {
      for number in 0..<20 { _ = try session.run(".set more\(number) <| lazy | where n % 4 == 0") }
    }
    #expect(problems?.list.first?.code == "memory-limit")
    #expect(problems?.list.first?.message.contains("other data in memory") == true)
    catalog.remove(tableNamed: "lazy")
  }

  /// A function whose texts exceed the limit leaves no invalid values for the functions around it.
  @Test func functionsAroundOnesThatHaveNoRoom() throws {
    let session = Self.session(Catalog(), threads: 2, limit: 1 << 20)
    var tried = 0
    for function in ScalarFunction.all {
      let call = "\(function.name)(s)"
      let makesText = try? session.run("print s = 'a' | extend t = \(call) | where gettype(t) == 'string'")
      guard makesText != nil else { continue }
      tried += 1
      do {
        _ = try session.run(
          """
          range n from 1 to 12000 step 1 | extend s = strcat('a text of some length ', n)
          | extend t = strcat(s, \(call), strcat(\(call), reverse(\(call)), n), toupper(strcat(n, \(call))))
          """)
      } catch let problems as Diagnostics {
        #expect(problems.list.first?.code == "memory-limit" || problems.list.first?.span != nil, "\(call): \(problems)")
      }
    }
    #expect(tried > 20)
  }
}
