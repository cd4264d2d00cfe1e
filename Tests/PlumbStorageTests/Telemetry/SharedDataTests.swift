import Foundation
import PlumbEngine
import Testing

@testable import PlumbStorage

/// Real files that others wrote, which stand beside the repository where it is developed.
enum SharedData {
  /// The folder `shared/data` beside the repository, or beside the folder that it is in.
  static let path: String? = {
    if let stated = ProcessInfo.processInfo.environment["PLUMB_SHARED_DATA"] { return stated }
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { root.deleteLastPathComponent() }
    for up in ["..", "../.."] {
      let folder = root.appendingPathComponent(up + "/shared/data").standardizedFileURL.path
      if FileManager.default.fileExists(atPath: folder + "/dbt/fail/manifest.json") { return folder }
    }
    return nil
  }()
}

/// Counted by hand in the files.
@Suite(.enabled(if: SharedData.path != nil, "the folder ../shared/data is not at hand"))
struct SharedDataTests {
  private func imported(_ part: String = "") throws -> Imported {
    try Imported([try #require(SharedData.path) + part])
  }

  /// 2 succeeded, 1 failed, 1 skipped; the last two without timing. 4 models, a source, 4 dependencies.
  @Test func theFailedInvocation() throws {
    let imported = try imported("/dbt/fail")
    #expect(imported.lines == ["dbt manifest v2; 5 nodes read", "dbt run results v2; 4 results read"])
    #expect(imported.tables.pipelines.rowCount == 5)
    #expect(imported.tables.runs.cells("pipeline", "started", "ended", "status", "duration", "records_out").map {
      $0.replacingOccurrences(of: "model.dbt_bigquery_test.test_", with: "")
    } == [
      "first_dbt_model|2021-07-28T12:09:46.0410170Z|2021-07-28T12:09:47.9947600Z|succeeded|00:00:01.9547360|2",
      "second_dbt_model|2021-07-28T12:09:47.9970250Z|2021-07-28T12:09:48.7787210Z|succeeded|00:00:00.7823269|∅",
      "second_parallel_dbt_model|∅|∅|failed|00:00:00.8196824|∅",
      "third_dbt_model|∅|∅|skipped|∅|∅",
    ])
    #expect(imported.tables.errors.cells("at", "pipeline", "code", "message") == [
      "2021-07-28T12:09:48.7816340Z|model.dbt_bigquery_test.test_second_parallel_dbt_model|Database Error|"
        + "Database Error in model test_second_parallel_dbt_model (models/example/test_second_parallel_dbt_model.sql)\n"
        + "  Syntax error: Expected end of input but got identifier \"bork\" at [9:1]\n"
        + "  compiled SQL at target/run/dbt_bigquery_test/models/example/test_second_parallel_dbt_model.sql"
    ])
    #expect(imported.tables.edges.cells("upstream", "downstream").map {
      $0.replacingOccurrences(of: "model.dbt_bigquery_test.test_", with: "")
    } == [
      "first_dbt_model|second_dbt_model", "second_dbt_model|third_dbt_model", "second_parallel_dbt_model|third_dbt_model",
      "source.dbt_bigquery_test.dbt_test1.source_table|second_parallel_dbt_model",
    ])
  }

  /// All files: what each gave, and the tables together.
  @Test func everything() throws {
    let root = try #require(SharedData.path)
    let imported = try imported()
    let lines = imported.reports.map { "\($0.path.dropFirst(root.count + 1)): \($0.line)" }
    #expect(lines == [
      "dbt/fail/manifest.json: dbt manifest v2; 5 nodes read",
      "dbt/fail/run_results.json: dbt run results v2; 4 results read",
      "dbt/logs/failed_run_logs.jsonl: dbt log; 85 events read, 67 not about a run, 17 merged into known runs",
      "dbt/spark/thrift/manifest.json: dbt manifest v4; 28 nodes read, 1 merged into known pipelines",
      "dbt/spark/thrift/run_results.json: dbt run results v4; 28 results read",
      "dbt/test/manifest.json: dbt manifest v2; 20 nodes read, 5 merged into known pipelines",
      "dbt/test/run_results.json: dbt run results v2; 14 results read",
      "openlineage/dbt-test-events.json: OpenLineage; 10 events read, 5 merged into known runs; "
        + "placeholders `{{…}}` in unused fields, in 10 events",
      "openlineage/event_full.json: OpenLineage; 1 event read",
      "openlineage/event_invalid_output_dataset_facet.json: OpenLineage; 1 event read; "
        + "1 rejected: `outputStatistics.rowCount` is `\"wrong\"`, not a whole number",
      "openlineage/event_invalid_run_facet.json: OpenLineage; 1 event read, 1 merged into known runs; "
        + "1 rejected: `parent.run.runId` is missing",
      "openlineage/event_simple.json: OpenLineage; 1 event read, 1 merged into known runs",
      "openlineage/example_full_event.json: OpenLineage; 1 event read, 1 merged into known runs",
      "openlineage/test-complete.json: OpenLineage; 1 event read",
      "openlineage/test-start.json: OpenLineage; 1 event read, 1 merged into known runs",
    ])
    // 20 nodes of two projects' manifests of one project, 28 of another, 9 jobs, of which one is only a parent.
    #expect(imported.tables.pipelines.rowCount == 57)
    // 4 + 14 + 28 results, 1 in the log, 8 runs of OpenLineage.
    #expect(imported.tables.runs.rowCount == 55)
    // 1 + 4 failed, 1 in the log; OpenLineage's failed runs say nothing more.
    #expect(imported.tables.errors.rowCount == 6)
    // 18 (4 of them also in the other manifest) + 29, and 5 jobs with a parent.
    #expect(imported.tables.edges.rowCount == 52)
    let statuses = imported.tables.runs.cells("status").reduce(into: [:]) { $0[$1, default: 0] += 1 }
    #expect(statuses == ["succeeded": 2 + 10 + 28 + 6, "failed": 1 + 4 + 1 + 2, "skipped": 1])
    #expect(imported.rejects.count == 2)
  }

  @Test func twiceChangesNothing() throws {
    let root = try #require(SharedData.path)
    #expect(try Imported([root, root]).all == imported().all)
    #expect(try Imported([root + "/openlineage", root + "/dbt"]).all == imported().all)
  }

  /// COMPLETE with START before and after it.
  @Test func startAndComplete() throws {
    let imported = try imported("/openlineage/test-*.json")
    #expect(imported.tables.runs.cells("pipeline", "started", "ended", "status", "duration") == [
      "my-namespace/my-job|2019-05-09T19:49:24.2013610Z|2019-05-09T19:50:24.2013610Z|succeeded|00:01:00"
    ])
  }

  /// The facets of real events: 2000 rows of 2 MiB, an hour from one nominal time to the next, and a parent for each of
  /// dbt's five jobs. The other events have themselves as parents.
  @Test func facets() throws {
    let full = try imported("/openlineage/event_full.json")
    #expect(full.tables.runs.cells("pipeline", "ended", "status", "records_out", "bytes", "queue_delay") == [
      "my-scheduler-namespace/myjob.mytask|2020-12-28T19:51:01.6410000Z|succeeded|2000|2097152|∅"
    ])
    #expect(full.tables.pipelines.cells("schedule") == ["every 01:00:00"])
    #expect(full.tables.edges.rowCount == 0)
    let dbt = try imported("/openlineage/dbt-test-events.json")
    #expect(dbt.tables.edges.cells("upstream", "kind") == Array(repeating: "dbt/dbt-job-name|parent", count: 5))
    let simple = try imported("/openlineage/event_simple.json")
    let name = "my-scheduler-namespace/myjob|my-datasource-namespace/instance.schema."
    #expect(simple.tables.kept.first?.rowTexts == ["input-1|input", "input-2|input", "output-1|output"].map { name + $0 })
  }

  /// The project's manifest of July has 4 dependencies, that of August 18; those of the tests are the 14 new ones.
  @Test func edgesOfTwoManifests() throws {
    let edges = try imported("/dbt").tables.edges.cells("downstream", "since", "until")
    #expect(edges.count == 47)
    let newer = edges.filter { $0.hasSuffix("|2021-08-23T15:06:17.9321640Z|∅") }
    #expect(newer.count == 14)
    #expect(newer.allSatisfy { $0.hasPrefix("test.dbt_bigquery_test.") })
    #expect(edges.count { $0.hasSuffix("|∅|∅") } == 33)
  }
}
