import PlumbDiagnostics
import PlumbEngine
import PlumbSimulator
import PlumbTelemetry
import Testing
import TestSupport

/// Questions about small graphs whose answers are plain to see, and a large one.
struct LineageTests {
  static let now = DateTime.parse("2026-03-10T00:00:00Z") ?? 0
  static let context = ExecutionContext(now: now, threads: 1, memoryLimit: 1 << 30)

  /// A table of the edges written `a>b`, all of them always there.
  static func edges(_ text: String) throws -> Table {
    try edges(text.split(separator: " ").map { $0.split(separator: ">").map(String.init) })
  }

  static func edges(_ pairs: [[String]]) throws -> Table {
    let schema = [ColumnInfo("upstream", .string), ColumnInfo("downstream", .string)]
    let columns = schema.map { VectorBuilder($0.type) }
    for pair in pairs { for (column, name) in zip(columns, pair) { column.append(string: name) } }
    // Groups are small, so that rows of several are read.
    let vectors = columns.map { $0.finish() }
    let groups = stride(from: 0, to: pairs.count, by: 50_000).map { start in
      let count = min(50_000, pairs.count - start)
      return RowGroup(vectors.map { $0.slice(start, count) }, count: count)
    }
    return Table(name: "edges", schema: schema, groups: groups)
  }

  static func lineage(_ edges: String, durations: KeyValuePairs<String, Int64> = [:]) throws -> Lineage {
    let schema = [ColumnInfo("name", .string), ColumnInfo("avg_duration", .timespan)]
    let columns = schema.map { VectorBuilder($0.type) }
    for (name, duration) in durations {
      columns[0].append(string: name)
      columns[1].append(word: duration)
    }
    let pipelines = Table(
      name: "pipelines", schema: schema, groups: [RowGroup(columns.map { $0.finish() }, count: durations.count)])
    let table = try Self.edges(edges)
    return try Lineage(context: context) { $0 == "edges" ? table : $0 == "pipelines" ? pipelines : nil }
  }

  @Test func reachGoesByDistanceAndEndsInCycles() throws {
    let lineage = try Self.lineage("a>b b>c c>a a>d d>c c>e")
    let down = try lineage.reach(.downstream, of: ["a"])
    #expect(try down.texts("pipeline") == ["b", "d", "c", "e"])
    #expect(try down.words("depth") == [1, 1, 2, 3])
    #expect(try down.texts("via") == ["a", "a", "b", "c"])
    #expect(try lineage.reach(.downstream, of: ["a"], depth: 1).texts("pipeline") == ["b", "d"])
    #expect(try lineage.reach(.downstream, of: ["a"], depth: 0).rowCount == 0)
    #expect(try lineage.reach(.upstream, of: ["d"]).texts("pipeline") == ["a", "c", "b"])
    #expect(try lineage.reach(.downstream, of: ["b", "d"]).texts("pipeline") == ["c", "a", "e"])
  }

  @Test func pathsAreShortest() throws {
    let lineage = try Self.lineage("a>b b>c c>d a>c x>a")
    #expect(try lineage.path(from: "a", to: "d").texts("pipeline") == ["a", "c", "d"])
    #expect(try lineage.path(from: "d", to: "a").rowCount == 0)
    #expect(try lineage.path(from: "a", to: "a").texts("pipeline") == ["a"])
  }

  @Test func criticalPathTakesLongest() throws {
    let durations: KeyValuePairs<String, Int64> = ["a": 5, "b": 1, "c": 9, "d": 2, "e": 1]
    let lineage = try Self.lineage("a>b b>d c>d d>e e>a", durations: durations)
    let chain = try lineage.criticalPath(to: "e")
    #expect(try chain.texts("pipeline") == ["c", "d", "e"])
    #expect(try chain.words("elapsed") == [9, 11, 12])
  }

  @Test func unknownNamesGetASuggestion() throws {
    let lineage = try Self.lineage("entra-signin>entra-normalise")
    do {
      _ = try lineage.reach(.downstream, of: ["entra-sigin"])
      Issue.record("an unknown name was accepted")
    } catch let diagnostic as Diagnostic {
      #expect(diagnostic.code == "unknown-pipeline")
      #expect(diagnostic.help == "did you mean `entra-signin`?")
    }
    #expect(throws: Diagnostic.self) { try Lineage(context: Self.context) { _ in nil } }
  }

  @Test func worksOnAWorldNowAndThen() throws {
    let world = try World.made()
    let context = ExecutionContext(now: world.clock, threads: 1, memoryLimit: 1 << 30)
    let first = try #require(try world.table(named: "pipelines").texts("name").first)
    for moment in [nil, world.clock - 864_000_000_000] {
      let lineage = try Lineage(asOf: moment, context: context) { try world.table(named: $0) }
      let hurt = try lineage.blast([PipelineName(first)])
      #expect(hurt.rowCount > 0)
      #expect(hurt.schema == Lineage.blastSchema)
      #expect(try hurt.words("depth").compactMap { $0 }.sorted() == hurt.words("depth").compactMap { $0 })
      let statuses = Set(try lineage.reach(.downstream, of: [PipelineName(first)]).texts("status"))
      #expect(statuses.isSubset(of: ["succeeded", "failed", "running", "cancelled", "stale", ""]))
    }
  }

  /// A chain of 10,000 and 90,000 edges beside it: no recursion, every node once.
  @Test func largeGraphs() throws {
    var pairs: [[String]] = []
    for i in 0..<9_999 { pairs.append(["p\(i)", "p\(i + 1)"]) }
    for i in 0..<90_001 { pairs.append(["p\(i * 7_919 % 10_000)", "p\(i * 104_729 % 10_000)"]) }
    let table = try Self.edges(pairs)
    let lineage = try Lineage(context: Self.context) { $0 == "edges" ? table : nil }
    #expect(try lineage.reach(.downstream, of: ["p0"]).rowCount == 9_999)
    let chain = try Self.lineage((0..<1_000).map { "p\($0)>p\($0 + 1)" }.joined(separator: " "))
    #expect(try chain.criticalPath(to: "p1000").rowCount == 1_001)
  }
}
