import PlumbEngine
import Testing

@testable import PlumbStorage

/// Imports that go on from the tables of an earlier one, as those into a workspace file do.
@Suite struct ResumingTests {
  private func importing(_ files: [(name: String, text: String)], after earlier: TelemetryTables?) throws -> TelemetryTables {
    let folder = try TelemetryFolder(files)
    let telemetry = TelemetryImport()
    let context = makeOptions().context
    try telemetry.resume(from: { name in earlier?.all.first { $0.name == name } }, context: context)
    try telemetry.read(folder.path, kind: nil, options: LoadOptions(context: context))
    return try telemetry.tables(context)
  }

  private func texts(_ tables: TelemetryTables) -> [String] { tables.all.flatMap { ["[\($0.name)]"] + $0.rowTexts } }

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
  ] + OpenLineageTests.events.enumerated().map { ("e/\($0.offset).json", $0.element) }

  @Test func theSameAgainChangesNothing() throws {
    let once = try importing(Self.files, after: nil)
    let twice = try importing(Self.files, after: once)
    #expect(texts(once) == texts(twice))
  }

  /// One file after the other, each going on from the tables of those before, gives what all at once give; but
  /// for edges between jobs whose datasets never came together in one import.
  @Test func inPartsAsAtOnce() throws {
    var tables: TelemetryTables?
    for file in Self.files { tables = try importing([file], after: tables) }
    let parts = try #require(tables)
    let whole = try importing(Self.files, after: nil)
    #expect(parts.runs.rowTexts == whole.runs.rowTexts)
    #expect(parts.errors.rowTexts == whole.errors.rowTexts)
    #expect(parts.pipelines.rowTexts == whole.pipelines.rowTexts)
    #expect(parts.edges.rowTexts == whole.edges.rowTexts.filter { !$0.contains("|dataset|") })
  }
}
