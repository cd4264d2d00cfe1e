import Foundation
import PlumbDatabase
import PlumbEngine
import PlumbKit
import Testing

/// Rows as they come are the rows of the whole answer, in its order, on any number of threads.
struct StreamTests {
  private static let tables = """
    .set a <| range n from 1 to 80000 step 1 | extend k = n % 1000, s = strcat("s", n % 77);
    .set b <| range n from 80001 to 150000 step 1 | extend k = n % 500, s = strcat("s", n % 33);
    .set c <| range k from 0 to 600 step 1 | extend name = strcat("name", k)
    """

  static let texts = [
    "a", "a | where n % 3 == 0", "a | where n > 79990", "a | where n < 0", "print 1", "a | take 70000", "a | take 0",
    "union a, b | where k == 7", "union (union b, a), a | project n | where n % 5 == 1", "a | sort by k asc, n desc",
    "a | join kind=inner c on k | where n % 11 == 0", "a | lookup c on k | project n, name",
    "a | join kind=leftouter (c | where k < 300) on k | project n, name", "a | summarize count() by k",
    "a | serialize | extend p = prev(n) | where n - p != 1", "a | where n <= 3000 | mv-expand x = range(1, n % 5) to typeof(long)",
    "a | partition by s (take 2)", "a | top 1000 by s asc, n asc", "a | distinct s", "a | sample 10 | count",
    "a | where n % 2 == 0 | as x | union b | extend m = n * 2 | where m % 7 == 0", "explain a | count",
    "a | extend r = row_number() | where r % 9 == 0", "a | where n % 20 == 0 | parse s with 's' i: long | where i == 5", "a | getschema",
    "print 1; a | where n == 5; b | count", "a | facet by s", "a | scan declare (t: long = 0) with (step q: true => t = q.t + 1;) | where t % 1000 == 0",
  ]

  @Test(arguments: [1, 7])
  func streamsAreTheAnswers(threads: Int) throws {
    let workspace = try Workspace()
    _ = try workspace.connect().run(Self.tables)
    var options = ConnectionOptions()
    options.threads = threads
    options.seed = 1
    let connection = workspace.connect(options)
    connection.session.options.tuning.rowsWorthAWorker = 1_000
    for text in Self.texts {
      let whole = Result { try connection.run(text) }
      var parts: [[ResultTable]] = []
      let streamed = Result {
        try connection.stream(text) { batch in
          if batch.query == parts.count { parts.append([]) }
          parts[batch.query].append(batch.table)
        }
      }
      guard case .success(let tables) = whole, case .success = streamed else {
        #expect((try? whole.get()) == nil && (try? streamed.get()) == nil, "\(text)")
        continue
      }
      #expect(parts.count == tables.count, "\(text)")
      for (table, part) in zip(tables, parts) {
        #expect(part.allSatisfy { $0.columns == table.columns }, "\(text)")
        let lines = try part.map { try Self.lines($0) }.joined()
        #expect(try lines == Self.lines(table), "\(text)")
      }
    }
  }

  /// The rows without the header.
  private static func lines(_ table: ResultTable) throws -> String {
    let text = try table.text(as: "tsv")
    return String(text[(text.firstIndex(of: "\n") ?? text.startIndex)...].dropFirst())
  }

  /// A million rows pass through a few megabytes, however slowly they are taken.
  @Test func littleIsHeld() throws {
    let workspace = try Workspace()
    var options = ConnectionOptions()
    options.memoryLimit = 24 << 20
    options.threads = 4
    let connection = workspace.connect(options)
    var rows = 0
    try connection.stream("range n from 1 to 1000000 step 1 | extend s = strcat('text ', n)") { batch in
      if rows % 7 == 0 { usleep(200) }
      rows += batch.table.rowCount
    }
    #expect(rows == 1_000_000)
    #expect(throws: Problems.self) { try connection.query("range n from 1 to 1000000 step 1 | extend s = strcat('text ', n)") }
  }

  private struct Enough: Error {}

  @Test func whatTheBodyThrowsEndsTheText() throws {
    let connection = try Workspace().connect()
    var batches = 0
    #expect(throws: Enough.self) {
      try connection.stream("range n from 1 to 100000000000 step 1") { _ in
        batches += 1
        if batches == 5 { throw Enough() }
      }
    }
    #expect(try connection.query("print 1").rowCount == 1)
  }

  @Test func mistakesEndTheStream() throws {
    let connection = try Workspace().connect()
    var rows = 0
    let problems = #expect(throws: Problems.self) {
      try connection.stream("print 1; print x | where y") { rows += $0.table.rowCount }
    }
    #expect(rows == 1 && problems?.list.first?.range?.lowerBound == 15)
  }

  @Test func asynchronousBatches() async throws {
    let connection = try Workspace().connect()
    var rows = 0
    for try await batch in connection.batches("range n from 1 to 500000 step 1; print 2") { rows += batch.table.rowCount }
    #expect(rows == 500_001)
    // Leaving the loop cancels the text.
    for try await batch in connection.batches("range n from 1 to 100000000000 step 1") where batch.table.rowCount > 0 { break }
    while (try? connection.query("print 1").rowCount) != 1 { usleep(1_000) }
    await #expect(throws: Problems.self) {
      for try await _ in connection.batches("nothing") {}
    }
    let task = Task {
      for try await _ in connection.batches("range n from 1 to 100000000000 step 1") {}
    }
    usleep(20_000)
    task.cancel()
    let outcome = await task.result
    #expect(throws: CancellationError.self) { try outcome.get() }
  }
}
