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
    let run = try PlumbProcess(["query", "--load", "r=\(folder.path)/run_results.json", "-c", "r | count"])
    #expect(run.output == "Count\n2\n")
    #expect(run.messages.contains("the rows are the elements of `results`"), "\(run.messages)")
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
      == "note: `\(folder.path)/events.jsonl`: OpenLineage; 1 event read; 1 rejected: line 2: `eventTime` is `never`, which is not a moment\n")
    let written = try String(contentsOfFile: rejects, encoding: .utf8)
    #expect(written.hasPrefix("{\"file\":\"\(folder.path)/events.jsonl\",\"line\":2,\"reason\":\"`eventTime` is `never`, which is not a moment\""))
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

  /// Rows without a pipeline are rejected; those with an unknown state are kept without it.
  @Test func mappedRowsThatAreRejected() throws {
    let folder = try TemporaryFolder()
    let map = try folder.write("map.kql", "let runs = input | project pipeline = job, started = began, status = result;")
    let data = try folder.write("jobs.csv", "job,began,result\na,2025-03-06 01:00,succeeded\nb,2025-03-06 01:09,odd\n,2025-03-06 01:10,failed\n")
    let rejects = folder.path + "/rejects.jsonl"
    let run = try PlumbProcess(["query", "--load", data, "--map", map, "--rejects", rejects, "-c", "runs | project pipeline"])
    #expect(run.output == "pipeline\na\nb\n")
    #expect(run.messages.contains("1 run has no status, since Plumb does not know the state `odd` (1)"), "\(run.messages)")
    let lines = try String(contentsOfFile: rejects, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 1)
    #expect(lines.first?.hasSuffix(
      #""input":"{\"pipeline\":\"\",\"started\":\"2025-03-06T01:10:00.0000000Z\",\"status\":\"failed\"}"}"#) ?? false, "\(lines)")
    #expect(lines.last?.contains("runs row 3: `pipeline` is empty") ?? false)
  }

  @Test(arguments: [
    ("let runs = input | project pipeline = job, attempts = 1;", "`runs` has no column `attempts`"),
    ("let runs = input | project pipeline = job, records_out = result;", "is of type long, but the mapping returns string"),
    ("let runs = input | project pipeline = jobb;", "`input` has no column `jobb`"),
    ("let runs = input | | count;", "map.kql"),
    ("input | count", "defines none of the tables"),
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
      "errors: 1 row, 1 of them new, from \(folder.path)", "edges: 1 row, 1 of them new, from \(folder.path)",
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

  @Test func airflowAndDataFactory() throws {
    let folder = try TemporaryFolder()
    try folder.write("runs.json", """
      {"dag_runs": [{"dag_id": "shop", "dag_run_id": "r1", "state": "failed", "start_date": "2025-03-06T01:00:00Z",
        "end_date": "2025-03-06T01:05:00Z"}], "total_entries": 1}
      """)
    try folder.write("instances.json", """
      {"task_instances": [
        {"dag_id": "shop", "task_id": "load", "dag_run_id": "r1", "state": "failed", "try_number": 1, "operator": "SqlOperator",
         "start_date": "2025-03-06T01:00:00Z", "end_date": "2025-03-06T01:04:00Z"},
        {"dag_id": "shop", "task_id": "report", "dag_run_id": "r1", "state": "upstream_failed", "try_number": 0,
         "start_date": "2025-03-06T01:04:01Z", "end_date": "2025-03-06T01:04:01Z"}], "total_entries": 2}
      """)
    try folder.write("shop.tasks.json", """
      {"tasks": [{"task_id": "load", "downstream_task_ids": ["report"]}, {"task_id": "report", "downstream_task_ids": []}]}
      """)
    let file = folder.path + "/w.plumb"
    let read = try PlumbProcess(["import", folder.path, "--kind", "airflow", "--into", file])
    #expect(read.messages.contains("runs: 3 rows, 3 of them new"))
    let lineage = try PlumbProcess(["query", file, "-c", "lineage downstream of shop.load | project pipeline, status, via"])
    #expect(lineage.output == "pipeline,status,via\nshop.report,skipped,shop.load\n")
    func why(_ name: String) throws -> String {
      try PlumbProcess([
        "query", file, "--now", "2025-03-06T01:10:00Z", "-c", "why \(name) | project cause, origin, evidence",
      ]).output
    }
    // A task that waited for another has not failed itself, and a DAG fails with its task.
    #expect(try why("shop.report") == """
      cause,origin,evidence
      unknown,shop.load,"its last run failed, failing for 5 min 59 s; shop.load had no success in the previous two days, 1 step upstream; its only run failed, and nothing says why"

      """)
    #expect(try why("shop.load") == "cause,origin,evidence\nunknown,shop.load,\"its last run failed, failing for 10 min; its only run failed, and nothing says why\"\n")
    #expect(try why("shop") == """
      cause,origin,evidence
      unknown,shop,"its last run failed, failing for 10 min; its only run failed, and nothing says why; of its parts shop.load failed: ask `why ""shop.load""`"

      """)

    let adf = try PlumbProcess(
      ["query", "--kind", "adf", "--load", "-", "-c", "runs | project pipeline, status, error"],
      input: #"{"value": [{"runId": "1", "pipelineName": "p", "runStart": "2025-03-06T01:00:00Z", "status": "Failed", "message": "no"}]}"#)
    #expect(adf.output == "pipeline,status,error\np,failed,no\n")
    let other = try PlumbProcess(["query", "--kind", "adf", "--load", folder.path + "/runs.json", "-c", "runs"])
    #expect(other.status == 1 && other.messages.contains("not a file that adf writes"))
  }

  /// The overview reads whatever columns there are, up to its clock.
  @Test func overviewOfFewColumns() throws {
    let folder = try TemporaryFolder()
    try folder.write("pipelines.csv", "name,sla\np,\nq,\n")
    try folder.write("runs.csv", """
      pipeline,started,status,cpu
      p,2025-03-05T10:00:00Z,failed,
      q,2025-03-05T23:00:00Z,succeeded,
      p,2025-03-06T02:00:00Z,failed,
      """)
    let little = try PlumbProcess(["query", "--load", folder.path, "--now", "2025-03-06", "-c", "overview"])
    #expect(little.output == """
      section,item,value,detail
      status,unknown,2,
      source,no source,2,0 failed
      last 24 hours,runs,2,50 % succeeded
      last 24 hours,records out,0,
      last 24 hours,freshness breaches,0,
      recent failures,p,,10:00\u{20}

      """, "\(little.output)")
    #expect(little.messages == "note: cannot predict risks: the table `runs` needs a column `ended` for predictions\n")
    let none = try PlumbProcess(["query", "--load", folder.path + "/runs.csv", "-c", "overview"])
    #expect(none.messages.contains("the overview needs a table `pipelines` with a column `name`"))
  }

  /// Of data that is little and old every answer says so, and none is an error but a prediction that was asked for.
  @Test func littleAndOldData() throws {
    let folder = try folder()
    func ask(_ query: String) throws -> PlumbProcess { try PlumbProcess(["query", "--load", folder.path, "-c", query]) }
    let overview = try ask("overview | project section, item, value, detail")
    #expect(overview.status == 0)
    #expect(overview.output == """
      section,item,value,detail
      status,failed,1,
      status,skipped,1,
      source,shop,2,"1 failed, 0 %"
      failing now,model.shop.orders,,
      last 24 hours,records out,0,
      last 24 hours,runs,0,
      last 24 hours,freshness breaches,0,
      recent failures,model.shop.orders,,2025-03-06 Database Error

      """, "\(overview.output)")
    #expect(overview.messages == "note: cannot predict risks: too little history to train on: 2 runs in 1 day, 1 of which failed\n")
    let risk = try ask("predict risk")
    #expect(risk.status == 1)
    #expect(risk.messages.contains("error[too-little-history]"))
    #expect(risk.messages.contains("`as of datetime(2025-03-06T01:10:00.0000001Z)` or `--now` goes back to it"), "\(risk.messages)")
    for word in ["slow", "stale", "volume"] { #expect(try ask("\(word) | count").output == "Count\n0\n") }
  }

  /// An activity that was skipped leads to the one that failed before it, though it has a start.
  @Test func whyOfASkippedActivity() throws {
    let folder = try TemporaryFolder()
    try folder.write("Load.json", """
      {"name": "Load", "properties": {"activities": [{"name": "Copy", "type": "Copy", "dependsOn": []},
        {"name": "Notify", "type": "WebActivity", "dependsOn": [{"activity": "Copy", "dependencyConditions": ["Succeeded"]}]}]}}
      """)
    let days = (1...9).map { day in
      let isBad = day == 9
      func activity(_ name: String, _ began: String, _ status: String, _ message: String) -> String {
        """
        {"activityRunId": "\(name)\(day)", "pipelineRunId": "r\(day)", "pipelineName": "Load", "activityName": "\(name)",
         "activityType": "Copy", "activityRunStart": "2025-03-0\(day)T\(began)Z", "activityRunEnd": "2025-03-0\(day)T\(began)Z",
         "durationInMs": 0, "status": "\(status)", "error": {"errorCode": "\(message.isEmpty ? "" : "2100")", "message": "\(message)"}}
        """
      }
      return activity("Copy", "02:00:10", isBad ? "Failed" : "Succeeded", isBad ? "Login failed for user" : "") + ","
        + activity("Notify", "02:29:10", isBad ? "Skipped" : "Succeeded", "")
    }
    try folder.write("activityruns.json", "{\"value\": [\(days.joined(separator: ","))]}")
    let run = try PlumbProcess([
      "query", "--load", folder.path, "--now", "2025-03-09T03:00:00Z", "-c", "why 'Load/Notify' | project origin, evidence",
    ])
    #expect(run.output.hasPrefix("origin,evidence\nLoad/Copy,\"its last run failed, failing for 30 min; Load/Copy had failed when Load/Notify was skipped, 1 step upstream"), "\(run.output)\(run.messages)")
  }

  /// An error that no rule reads is still told, and a test of dbt that fails has found bad records.
  @Test func whyOfFirstFailures() throws {
    let folder = try TemporaryFolder()
    func result(_ node: String, _ status: String, _ message: String) -> String {
      #"{"unique_id": "\#(node)", "status": "\#(status)", "timing": [], "execution_time": 1, "message": "\#(message)"}"#
    }
    try folder.write("run_results.json", """
      {"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v5.json", "invocation_id": "i1",
         "generated_at": "2025-03-06T01:10:00Z"},
       "results": [\(result("test.shop.t", "fail", "Got 6 results, configured to fail if != 0")),
         \(result("model.shop.m", "error", "It went wrong"))]}
      """)
    func why(_ name: String) throws -> String {
      try PlumbProcess([
        "query", "--load", folder.path, "--now", "2025-03-06T02:00:00Z", "-c", "why '\(name)' | project cause, evidence",
      ]).output
    }
    #expect(try why("test.shop.t").hasPrefix("cause,evidence\nmalformed-records,"))
    #expect(try why("model.shop.m")
      == "cause,evidence\nunknown,\"its last run failed, failing for 50 min; its only run failed, with error “It went wrong”, which names no cause\"\n")
  }

  /// Rows of plain files that are left out are written with their reasons, too, of a load and of an import.
  @Test func rowsThatDoNotFitAreWritten() throws {
    let folder = try TemporaryFolder()
    let data = try folder.write("t.csv", "a,b\n1,2\n3\n4,5\n")
    let rejects = folder.path + "/rejects.jsonl"
    let expected = "{\"file\":\"\(data)\",\"line\":3,\"reason\":\"`t.csv` line 3 has 1 field where 2 are expected\",\"input\":\"3\"}\n"
    let loaded = try PlumbProcess(["query", "--load", data, "--bad-rows", "skip", "--rejects", rejects, "-c", "t | count"])
    #expect(loaded.output == "Count\n2\n")
    #expect(try String(contentsOfFile: rejects, encoding: .utf8) == expected)
    try FileManager.default.removeItem(atPath: rejects)
    let imported = try PlumbProcess(
      ["import", data, "--bad-rows", "skip", "--rejects", rejects, "--into", folder.path + "/w.plumb"])
    #expect(imported.messages == "note: `\(data)`: 1 row did not fit and was skipped\nt: 2 rows from \(data)\n")
    #expect(try String(contentsOfFile: rejects, encoding: .utf8) == expected)
  }

  @Test func wrongKinds() throws {
    for arguments in [["--kind", "excel"], ["--kind", "dbt", "--map", "x.kql"], ["--kind", "csv", "--load-format", "json"]] {
      let run = try PlumbProcess(["query", "-c", "print 1"] + arguments)
      #expect(run.status == 2)
    }
    let script = try PlumbProcess(["completions", "bash"]).output
    #expect(script.contains("dbt") && script.contains("openlineage") && script.contains("airflow") && script.contains("adf"))
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
