import PlumbDiagnostics
import PlumbEngine
import PlumbSimulator
import Testing
import TestSupport

/// A world is the same for the same options, however it is made.
@Suite struct DeterminismTests {
  @Test(arguments: [3, 11] as [UInt64])
  func threadsChangeNothing(seed: UInt64) throws {
    let one = try World.made(seed: seed, threads: 1).digest()
    #expect(try World.made(seed: seed, threads: 2).digest() == one)
    #expect(try World.made(seed: seed, threads: 5).digest() == one)
  }

  @Test func seedsDiffer() throws {
    #expect(try World.made(seed: 3).digest() != World.made(seed: 4).digest())
  }

  /// The bytes themselves, so that an accidental change of a world is noticed.
  ///
  /// Whoever changes the world on purpose puts the new number here.
  @Test func bytesArePinned() throws {
    let digest = try World.made().digest()
    #expect(digest == 6_551_389_955_543_036_069)
    #expect(try World.made(difficulty: .easy).digest() != digest)
  }

  @Test func partsEqualTheWhole() throws {
    let whole = try World.made(days: 30)
    let parts = try World.made(days: 20)
    _ = try parts.table(named: "pipelines")
    try parts.advance(by: 10 * 864_000_000_000)
    #expect(parts.clock == whole.clock)
    #expect(try parts.digest() == whole.digest())
  }

  @Test func manyUnevenPartsEqualTheWhole() throws {
    let whole = try World.made(days: 3)
    let parts = try World.made(days: 0)
    let day: Int64 = 864_000_000_000
    var left = 3 * day
    var step: Int64 = 1_234_567_890
    while left > 0 {
      try parts.advance(by: min(step, left))
      left -= min(step, left)
      step = step * 5 / 3 + 10_000
      _ = try parts.table(named: left % 2 == 0 ? "schema_changes" : "runs")
    }
    #expect(try parts.digest() == whole.digest())
  }

  @Test func tablesStayAsTheyWere() throws {
    let world = try World.made(days: 2)
    let runs = try world.table(named: "runs")
    let before = try runs.texts("status")
    try world.advance(by: 864_000_000_000)
    #expect(try world.table(named: "runs").rowCount > runs.rowCount)
    #expect(try runs.texts("status") == before)
  }

  @Test func clockDoesNotGoBack() throws {
    #expect(throws: Diagnostic.self) { try World.made().advance(by: -1) }
    #expect(throws: Diagnostic.self) { try World.made().advance(by: .max) }
    #expect(throws: Diagnostic.self) { try World(WorldOptions(pipelines: 3)) }
    #expect(throws: Diagnostic.self) { try World(WorldOptions(pipelines: 60_000, days: 3_000)) }
    #expect(throws: Diagnostic.self) { try World.made().table(named: "pipeline") }
  }
}

/// Tables have the columns that the design names.
@Suite struct SchemaTests {
  static let columns: [(String, String)] = [
    (
      "pipelines",
      """
      name source kind owner tier region vendor backup schedule sla status last_run last_success last_error \
      freshness success_rate avg_duration records_24h
      """
    ),
    (
      "runs",
      """
      run_id pipeline source started ended status attempt duration queue_delay upstream_delay records_in \
      records_out malformed bytes cpu memory_mb io_wait backlog schema_version error_code error_category error
      """
    ),
    ("errors", "at run_id pipeline code category message details"),
    ("metrics", "at pipeline name value"),
    ("schema_changes", "at pipeline field change before after"),
    ("edges", "upstream downstream kind since until share"),
    ("alerts", "at rule pipeline severity message"),
    ("incidents", "id pipeline cause began ended affected"),
  ]

  @Test func columnsAreTheDesigns() throws {
    let world = try World.made()
    #expect(World.tableNames.sorted() == SchemaTests.columns.map(\.0).sorted())
    for (name, columns) in SchemaTests.columns {
      let table = try world.table(named: name)
      #expect(table.schema.map(\.name) == columns.split(separator: " ").map(String.init))
      #expect(table.schema == World.schema(ofTable: name))
      #expect(table.rowCount > 0)
      for group in table.groups {
        #expect(try group.columns.map(\.type) == table.schema.map(\.type))
        #expect(try group.columns.allSatisfy { $0.count == group.count })
      }
    }
  }

  @Test func wordsComeFromTheirLists() throws {
    let world = try World.made(pipelines: 300, days: 3)
    let runs = try world.table(named: "runs")
    #expect(
      Set(try runs.texts("status")).isSubset(of: ["succeeded", "failed", "running", "skipped", "cancelled"]))
    #expect(
      Set(try runs.texts("error_category")).isSubset(
        of: ["", "auth", "timeout", "schema", "dependency", "resource", "data", "vendor"]))
    #expect(
      Set(try world.table(named: "metrics").texts("name")) == ["cpu", "memory_mb", "io_wait", "backlog", "lag"])
    let names = Set(try world.table(named: "pipelines").texts("name"))
    #expect(names.count == 300)
    #expect(Set(try runs.texts("pipeline")) == names)
    #expect(try runs.words("run_id") == (1...Int64(runs.rowCount)).map { $0 })
  }

  @Test func runningRunsHaveNoEnd() throws {
    let world = try World.made(pipelines: 160, days: 2)
    let runs = try world.table(named: "runs")
    let statuses = try runs.texts("status")
    let ended = try runs.words("ended")
    let started = try runs.words("started")
    #expect(statuses.contains("running"))
    for row in 0..<runs.rowCount {
      #expect((statuses[row] == "running") == (ended[row] == nil))
      if let end = ended[row] { #expect(end <= world.clock) }
      #expect((started[row] ?? 0) < world.clock)
    }
    let moments = started.compactMap { $0 }
    #expect(zip(moments, moments.dropFirst()).allSatisfy { $0 <= $1 })
  }
}
