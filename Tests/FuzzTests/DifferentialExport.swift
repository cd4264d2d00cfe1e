import Foundation
import PlumbEngine
import PlumbStorage
import Testing

private let exportFolder = ProcessInfo.processInfo.environment["PLUMB_DIFFERENTIAL_EXPORT"]

/// Writes the random queries and their tables for programs that run them elsewhere, such as `Tests/remote/random_queries.py`.
///
/// `PLUMB_DIFFERENTIAL_EXPORT` is the folder: `queries.jsonl` has a query a line, `tables.plumb` is a workspace.
/// `PLUMB_DIFFERENTIAL` and `PLUMB_DIFFERENTIAL_SEED` are those of `DifferentialTests`.
struct DifferentialExport {
  @Test(.enabled(if: exportFolder != nil)) func writesQueriesAndTables() throws {
    let folder = try #require(exportFolder)
    var tables = DifferentialTables(seed: DifferentialTests.seed)
    try WorkspaceFile("\(folder)/tables.plumb", WorkspaceFile.Options()).write { writer in
      for table in tables.all(large: 5_000) { try writer.append(table) }
    }
    var queries = DifferentialQueries(seed: DifferentialTests.seed)
    let lines = try (0..<DifferentialTests.setting("PLUMB_DIFFERENTIAL", 300)).map { number in
      let query = queries.next(overLarge: number % 40 == 39)
      let line: [String: Any] = ["query": query.text, "ordered": query.isOrdered]
      return try JSONSerialization.data(withJSONObject: line) + Data("\n".utf8)
    }
    try lines.reduce(Data(), +).write(to: URL(fileURLWithPath: "\(folder)/queries.jsonl"))
  }
}
