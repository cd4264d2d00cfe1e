import PlumbEngine
import Testing

@testable import PlumbStorage

/// Imports that go on from the tables of an earlier one, as those into a workspace file do.
@Suite struct ResumingTests {
  private func importing(_ files: [(name: String, text: String)], after earlier: TelemetryTables?) throws -> TelemetryTables {
    let folder = try TelemetryFolder(files)
    let telemetry = TelemetryImport()
    let context = makeOptions().context
    try telemetry.resume(from: { name in (earlier.map { $0.all + $0.kept })?.first { $0.name == name } }, context: context)
    try telemetry.read(folder.path, kind: nil, options: ReadOptions(context: context))
    return try telemetry.tables(context)
  }

  private static let sources = """
    {"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/sources/v3.json", "generated_at": "2025-03-06T02:00:00Z",
       "invocation_id": "s1"},
     "results": [{"unique_id": "source.shop.raw.orders", "max_loaded_at": "2025-03-04T02:00:00Z", "snapshotted_at": "2025-03-06T02:00:00Z",
        "status": "error", "timing": [{"name": "execute", "started_at": "2025-03-06T01:59:58Z", "completed_at": "2025-03-06T02:00:00Z"}],
        "execution_time": 1.5, "criteria": {"error_after": {"count": 1, "period": "day"}}}]}
    """

  private static let files: [(name: String, text: String)] = [
    ("a/manifest.json", DbtTests.manifest), ("b/dbt.log", DbtTests.log), ("c/sources.json", sources),
    ("d/run_results.json", DbtTests.results(DbtTests.result(
      "model.shop.b", "success", from: "2025-03-06T01:00:01Z", to: "2025-03-06T01:00:09Z")
      + "," + DbtTests.result("model.shop.orders", "error", message: "Runtime Error in model orders")
      + "," + DbtTests.result("model.shop.report", "skipped", seconds: 0))),
    ("f/runs.json", AirflowTests.runs), ("f/instances.json", AirflowTests.instances), ("f/shop.tasks.json", AirflowTests.tasks),
    ("f/dags.json", AirflowTests.dags), ("g/pipelines.json", DataFactoryTests.definition),
    ("g/pipeline_runs.json", DataFactoryTests.pipelineRuns), ("g/activity_runs.json", DataFactoryTests.activityRuns),
  ] + DataFactoryTests.logs.enumerated().map { ("g/log\($0.offset).json", $0.element) }
    + OpenLineageTests.events.enumerated().map { ("e/\($0.offset).json", $0.element) }

  @Test func theSameAgainChangesNothing() throws {
    let once = try importing(Self.files, after: nil)
    let twice = try importing(Self.files, after: once)
    #expect(once.texts == twice.texts)
  }

  private func inParts(_ files: [(name: String, text: String)]) throws -> TelemetryTables {
    var tables: TelemetryTables?
    for file in files { tables = try importing([file], after: tables) }
    return try #require(tables)
  }

  /// One file after the other, each going on from the tables of those before, gives what all at once give.
  @Test func inPartsAsAtOnce() throws {
    let (parts, whole) = (try inParts(Self.files).texts, try importing(Self.files, after: nil).texts)
    #expect(parts.filter { !whole.contains($0) } == whole.filter { !parts.contains($0) })
    #expect(parts == whole)
  }

  /// Events of runs that arrive in parts, out of order, each part in a separate import.
  @Test func eventsInAnyOrderOverImports() throws {
    var generator = MutationTests.Generator(state: 5)
    let whole = try Imported(OpenLineageTests.events.joined(separator: "\n"), named: "e.ndjson").all
    for _ in 0..<10 {
      let events = (OpenLineageTests.events + OpenLineageTests.events.prefix(2)).shuffled(using: &generator)
      let files = stride(from: 0, to: events.count, by: 2).map { at in
        ("e.ndjson", events[at..<min(at + 2, events.count)].joined(separator: "\n"))
      }
      #expect(try inParts(files).texts == whole)
    }
  }

  /// What one import writes and a later one reads is an edge, whichever comes first.
  @Test func datasetsMeetOverImports() throws {
    let events = [("a.json", OpenLineageTests.event("COMPLETE", "r1", "load", 0, outputs: ["raw"])),
      ("b.json", OpenLineageTests.event("COMPLETE", "r2", "use", 1, inputs: ["raw"]))]
    for files in [events, events.reversed()] {
      let tables = try inParts(files)
      #expect(tables.edges.cells("upstream", "downstream", "kind") == ["etl/load|etl/use|dataset"])
      #expect(tables.kept.first?.rowTexts == ["etl/load|db/raw|output", "etl/use|db/raw|input"])
    }
  }

  private static func manifest(day: Int, _ nodes: [String: [String]], project: String = "shop") -> (name: String, text: String) {
    let list = nodes.sorted { $0.key < $1.key }.map { name, parents in
      "\"model.\(project).\(name)\": {\"resource_type\": \"model\", \"depends_on\": {\"nodes\": ["
        + parents.map { "\"model.\(project).\($0)\"" }.joined(separator: ", ") + "]}}"
    }
    return ("manifest\(day).json", """
      {"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "project_name": "\(project)",
        "generated_at": "2025-03-0\(day)T00:00:00Z"}, "nodes": {\(list.joined(separator: ", "))}}
      """)
  }

  /// An edge begins with the first manifest that has it after one that does not, and ends with the next that does not.
  @Test func edgesOverTime() throws {
    let files = [
      Self.manifest(day: 1, ["a": [], "b": ["a"]]),
      Self.manifest(day: 2, ["a": [], "b": ["a"], "c": ["b"]]),
      Self.manifest(day: 3, ["a": [], "c": ["a", "b"]]),
      Self.manifest(day: 1, ["x": [], "y": ["x"]], project: "other"),
    ]
    let expected = [
      "model.other.x|model.other.y|depends_on|∅|∅|∅",
      "model.shop.a|model.shop.b|depends_on|∅|2025-03-03T00:00:00.0000000Z|∅",
      "model.shop.a|model.shop.c|depends_on|2025-03-03T00:00:00.0000000Z|∅|∅",
      "model.shop.b|model.shop.c|depends_on|2025-03-02T00:00:00.0000000Z|∅|∅",
    ]
    var generator = MutationTests.Generator(state: 3)
    for round in 0..<6 {
      let order = round == 0 ? files : files.shuffled(using: &generator)
      #expect(try inParts(order).edges.rowTexts == expected)
      #expect(try importing(order.enumerated().map { ("\($0.offset).json", $0.element.text) }, after: nil).edges.rowTexts == expected)
    }
    // What comes back has never been away, as far as one row can tell.
    let back = try inParts(files + [Self.manifest(day: 4, ["a": [], "b": ["a"]])])
    #expect(back.edges.rowTexts.contains("model.shop.a|model.shop.b|depends_on|∅|∅|∅"))
    #expect(back.edges.rowTexts.contains("model.shop.b|model.shop.c|depends_on|2025-03-02T00:00:00.0000000Z|2025-03-04T00:00:00.0000000Z|∅"))
  }

  /// Runs without times are known by when their results were written, in every later import too.
  @Test func runsThatWereOnlySeen() throws {
    let first = ("r1.json", DbtTests.results(
      DbtTests.result("model.shop.a", "error", message: "Database Error") + "," + DbtTests.result("model.shop.b", "skipped", seconds: 0)))
    let second = ("r2.json", DbtTests.results(
      invocation: "i2", at: "2025-03-07T00:00:00Z",
      DbtTests.result("model.shop.a", "success", from: "2025-03-06T23:59:00Z", to: "2025-03-06T23:59:30Z")))
    for files in [[first, second], [second, first]] {
      let tables = try inParts(files)
      #expect(tables.kept.last?.cells("seen") == Array(repeating: "2025-03-06T01:10:00.0000000Z", count: 2))
      #expect(tables.pipelines.cells("name", "status", "last_run") == [
        "model.shop.a|succeeded|2025-03-06T23:59:00.0000000Z", "model.shop.b|skipped|2025-03-06T01:10:00.0000000Z",
      ])
    }
  }
}
