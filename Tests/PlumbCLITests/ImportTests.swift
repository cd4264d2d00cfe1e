import Foundation
import Testing

/// Telemetry that `--load` reads, as scripts see it.
struct ImportTests {
  private static let results = """
    {"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v5.json", "invocation_id": "i1",
       "generated_at": "2025-03-06T01:10:00Z"},
     "results": [
       {"unique_id": "model.shop.orders", "status": "error", "timing": [], "execution_time": 0.5, "message": "Database Error: no"},
       {"unique_id": "model.shop.report", "status": "skipped", "timing": [], "execution_time": 0, "message": null}]}
    """
  private static let manifest = """
    {"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v9.json"}, "nodes": {
       "model.shop.orders": {"resource_type": "model", "depends_on": {"nodes": []}},
       "model.shop.report": {"resource_type": "model", "depends_on": {"nodes": ["model.shop.orders"]}}}}
    """

  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write("manifest.json", Self.manifest)
    try folder.write("run_results.json", Self.results)
    return folder
  }

  @Test func aFolderOfArtifactsIsTelemetry() throws {
    let folder = try folder()
    let errors = try PlumbProcess(["query", "--load", folder.path, "-c", "errors | project pipeline, message"])
    #expect(errors.output == "pipeline,message\nmodel.shop.orders,Database Error: no\n")
    #expect(errors.messages == "")
    let lineage = try PlumbProcess([
      "query", "--load", folder.path, "-c", "lineage_downstream('model.shop.orders') | project pipeline, depth, status",
    ])
    #expect(lineage.output == "pipeline,depth,status\nmodel.shop.report,1,skipped\n")
    let others = try PlumbProcess(["query", "--load", folder.path, "-c", "metrics | union alerts, schema_changes | count"])
    #expect(others.output == "Count\n0\n")
  }

  @Test func aNamedFileIsATable() throws {
    let folder = try folder()
    let run = try PlumbProcess(["query", "--load", "r=\(folder.path)/run_results.json", "-c", "r | project array_length(results)"])
    #expect(run.output == "Column1\n2\n")
    let stated = try PlumbProcess(["query", "--kind", "dbt", "--load", "r=\(folder.path)", "-c", "runs"])
    #expect(stated.status == 1)
    #expect(stated.messages.contains("error[named-telemetry]"))
  }

  @Test func patternsAndStandardInput() throws {
    let folder = try folder()
    let pattern = try PlumbProcess(["query", "--load", "\(folder.path)/run_*.json", "-c", "runs | count"])
    #expect(pattern.output == "Count\n2\n")
    let input = try PlumbProcess(["query", "--load", "-", "-c", "runs | count"], input: Self.results)
    #expect(input.output == "Count\n2\n")
    let nothing = try PlumbProcess(["query", "--load", "-", "-c", "runs | count"], input: "{\"a\": 1}")
    #expect(nothing.status == 1)
    #expect(nothing.messages.contains("note: `standard input`: not read; 1 rejected"))
    #expect(nothing.messages.contains("error[nothing-loaded]"))
  }

  @Test func whatIsRejectedIsSaidAndWritten() throws {
    let folder = try folder()
    try folder.write("events.jsonl", """
      {"eventTime": "2025-03-06T01:00:00Z", "eventType": "START", "run": {"runId": "r1"}, "job": {"namespace": "etl", "name": "a"}}
      {"eventTime": "never", "eventType": "COMPLETE", "run": {"runId": "r1"}, "job": {"namespace": "etl", "name": "a"}}
      """)
    let rejects = folder.path + "/rejects.txt"
    let run = try PlumbProcess(["query", "--load", folder.path, "--rejects", rejects, "-c", "runs | summarize count() by status | sort by status asc"])
    #expect(run.output == "status,count_\nfailed,1\nrunning,1\nskipped,1\n")
    #expect(run.messages
      == "note: `\(folder.path)/events.jsonl`: OpenLineage; 1 event read; 1 rejected: line 2: `eventTime` is `never`, which is no moment\n")
    let written = try String(contentsOfFile: rejects, encoding: .utf8)
    #expect(written.hasPrefix("{\"file\":\"\(folder.path)/events.jsonl\",\"line\":2,\"reason\":\"`eventTime` is `never`, which is no moment\""))
    #expect(written.split(separator: "\n").count == 1)
  }

  private static let map = """
    // A scheduler's log.
    let states = dynamic({"ok": "succeeded", "bad": "failed"});
    let runs = input
      | project pipeline = job, started = began, ended, status = tostring(states[result]), records_out = rows;
    let edges = input | where isnotempty(after) | project upstream = after, downstream = job;
    """

  @Test func mappingsAreQueries() throws {
    let folder = try TemporaryFolder()
    let map = try folder.write("map.kql", Self.map)
    let data = try folder.write("jobs.csv", """
      job,began,ended,result,rows,after
      load,2025-03-06 01:00,2025-03-06 01:05,ok,100,
      report,2025-03-06 01:09,2025-03-06 01:10,bad,,load
      report,2025-03-07 01:09,2025-03-07 01:10,odd,,load

      """)
    let run = try PlumbProcess(["query", "--load", data, "--map", map, "-c", "runs | project pipeline, status, duration, records_out"])
    #expect(run.output == "pipeline,status,duration,records_out\nload,succeeded,00:05:00,100\nreport,failed,00:01:00,\nreport,,00:01:00,\n")
    let lineage = try PlumbProcess(["query", "--load", data, "--map", map, "-c", "lineage_downstream('load') | project pipeline, status"])
    #expect(lineage.output == "pipeline,status\nreport,\n")
    let again = try PlumbProcess(["query", "--load", data, "--load", data, "--map", map, "-c", "runs | summarize count(), dcount(run_id)"])
    #expect(again.output == "count_,dcount_run_id\n3,3\n")
  }

  @Test(arguments: [
    ("let runs = input | project pipeline = job, attempts = 1;", "`runs` has no column `attempts`"),
    ("let runs = input | project pipeline = job, records_out = result;", "is a long, and the mapping gives a string"),
    ("let runs = input | project pipeline = jobb;", "`input` has no column `jobb`"),
    ("let runs = input | | count;", "map.kql"),
    ("input | count", "makes none of the tables"),
  ])
  func wrongMappings(map: String, message: String) throws {
    let folder = try TemporaryFolder()
    let data = try folder.write("jobs.csv", "job,result\nload,ok\n")
    let run = try PlumbProcess(["query", "--load", data, "--map", try folder.write("map.kql", map), "-c", "runs"])
    #expect(run.status == 1)
    #expect(run.output == "")
    #expect(run.messages.contains(message))
  }

  /// `plumb import` says what it read, and a second time finds nothing new.
  @Test func importIntoAFile() throws {
    let folder = try folder()
    let file = folder.path + "/w.plumb"
    let first = try PlumbProcess(["import", folder.path, "--into", file])
    #expect(first.status == 0)
    #expect(first.messages.split(separator: "\n").map(String.init) == [
      "\(folder.path)/manifest.json: dbt manifest v9; 2 nodes read",
      "\(folder.path)/run_results.json: dbt run results v5; 2 results read",
      "pipelines: 2 rows, 2 of them new, from \(folder.path)", "runs: 2 rows, 2 of them new, from \(folder.path)",
      "errors: 1 rows, 1 of them new, from \(folder.path)", "edges: 1 rows, 1 of them new, from \(folder.path)",
    ])
    let query = ["query", file, "-c", "pipelines; runs; errors; edges; metrics | count; lineage_downstream('model.shop.orders')"]
    let before = try PlumbProcess(query)
    #expect(before.output.contains("Database Error: no"))
    #expect(before.output.hasSuffix("model.shop.report,1,\"[\"\"model.shop.orders\"\",\"\"model.shop.report\"\"]\",,skipped,model.shop.orders\n"))
    let second = try PlumbProcess(["import", folder.path + "/run_results.json", "--into", file])
    #expect(second.messages.contains("runs: 2 rows, 0 of them new"))
    #expect(try PlumbProcess(query).output == before.output)
  }

  /// A mapping is previewed without a file, and kept in the file by its name.
  @Test func mappingsAreKept() throws {
    let folder = try TemporaryFolder()
    let map = try folder.write("jobs.kql", Self.map)
    let data = try folder.write("log.csv", "job,began,ended,result,rows,after\nload,2025-03-06 01:00,2025-03-06 01:05,ok,100,\n")
    let file = folder.path + "/w.plumb"
    let preview = try PlumbProcess(["import", data, "--map", map, "--preview", "--into", file])
    #expect(preview.status == 0)
    #expect(preview.output.hasPrefix("runs\npipeline"))
    #expect(preview.output.contains("load"))
    #expect(!folder.names.contains("w.plumb"))
    #expect(try PlumbProcess(["import", data, "--map", map, "--into", file]).status == 0)
    try FileManager.default.removeItem(atPath: map)
    let more = try folder.write("more.csv", "job,began,ended,result,rows,after\nload,2025-03-07 01:00,2025-03-07 01:05,bad,,\n")
    let again = try PlumbProcess(["import", more, "--map", "jobs", "--into", file])
    #expect(again.messages.contains("runs: 2 rows, 1 of them new"))
    #expect(try PlumbProcess(["query", file, "-c", "runs | project status"]).output == "status\nsucceeded\nfailed\n")
  }

  @Test func wrongKinds() throws {
    for arguments in [["--kind", "excel"], ["--kind", "dbt", "--map", "x.kql"], ["--kind", "csv", "--load-format", "json"]] {
      let run = try PlumbProcess(["query", "-c", "print 1"] + arguments)
      #expect(run.status == 2)
    }
    let folder = try TemporaryFolder()
    let run = try PlumbProcess(["query", "--kind", "csv", "--load", try folder.write("t.txt", "a,b\n1,2\n"), "-c", "t"])
    #expect(run.output == "a,b\n1,2\n")
  }

  /// Telemetry has the columns of the simulated world.
  @Test(arguments: ["pipelines", "runs", "errors", "edges"]) func columnsAreTheWorlds(table: String) throws {
    let folder = try folder()
    let query = "\(table) | getschema | project ColumnName, ColumnOrdinal, ColumnType"
    let world = try PlumbProcess(["query", "-c", query])
    let loaded = try PlumbProcess(["query", "--load", folder.path, "-c", query])
    #expect(world.status == 0)
    #expect(world.output == loaded.output)
  }
}
