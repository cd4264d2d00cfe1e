import PlumbEngine
import Testing

@testable import PlumbStorage

/// Artifacts and logs of dbt, each small enough to count by hand.
@Suite struct DbtTests {
  static func results(
    version: Int = 4, invocation: String = "i1", at: String = "2025-03-06T01:10:00Z", _ results: String
  ) -> String {
    """
    {"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v\(version).json",
      "generated_at": "\(at)", "invocation_id": "\(invocation)"}, "results": [\(results)], "elapsed_time": 1}
    """
  }

  static func result(
    _ node: String, _ status: String, from: String? = nil, to: String? = nil, seconds: Double = 2, message: String? = nil,
    more: String = ""
  ) -> String {
    let timing = from.map { #"{"name": "execute", "started_at": "\#($0)", "completed_at": "\#(to ?? "")"}"# } ?? ""
    let text = message.map { "\"\($0)\"" } ?? "null"
    return """
      {"unique_id": "\(node)", "status": "\(status)", "timing": [\(timing)], "execution_time": \(seconds),
       "message": \(text), "failures": null, "thread_id": "Thread-1", "adapter_response": {}\(more)}
      """
  }

  static let manifest = """
    {"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
        "generated_at": "2025-03-06T01:00:00Z", "adapter_type": "postgres"},
     "nodes": {
       "model.shop.orders": {"resource_type": "model", "package_name": "shop", "config": {"meta": {"owner": "ann", "tier": 1}},
         "depends_on": {"macros": ["macro.dbt.run"], "nodes": ["source.shop.raw.orders", "source.shop.raw.orders"]}},
       "model.shop.report": {"resource_type": "model", "package_name": "shop", "group": "finance",
         "depends_on": {"nodes": ["model.shop.orders"]}},
       "test.shop.unique_orders": {"resource_type": "test", "package_name": "shop",
         "depends_on": {"nodes": ["model.shop.orders"]}}},
     "sources": {"source.shop.raw.orders": {"resource_type": "source", "package_name": "shop", "loader": "fivetran",
         "freshness": {"warn_after": {"count": 6, "period": "hour"}, "error_after": {"count": 1, "period": "day"}}}},
     "exposures": {"exposure.shop.board": {"resource_type": "exposure", "package_name": "shop",
         "owner": {"name": null, "email": "cfo@shop.example"}, "depends_on": {"nodes": ["model.shop.report"]}}},
     "groups": {"group.shop.finance": {"name": "finance", "owner": {"name": "Finance"}}},
     "parent_map": {}, "child_map": {}}
    """

  @Test func manifestGivesPipelinesAndEdges() throws {
    let imported = try Imported(Self.manifest, named: "manifest.json")
    #expect(imported.lines == ["dbt manifest v12; 5 nodes read"])
    #expect(
      imported.tables.pipelines.cells("name", "source", "kind", "owner", "tier", "vendor", "sla", "status") == [
        "exposure.shop.board|shop|exposure|cfo@shop.example|∅|postgres|∅|",
        "model.shop.orders|shop|model|ann|1|postgres|∅|",
        "model.shop.report|shop|model|Finance|∅|postgres|∅|",
        "source.shop.raw.orders|shop|source||∅|fivetran|1.00:00:00|",
        "test.shop.unique_orders|shop|test||∅|postgres|∅|",
      ])
    #expect(
      imported.tables.edges.rowTexts == [
        "model.shop.orders|model.shop.report|depends_on|∅|∅|∅",
        "model.shop.orders|test.shop.unique_orders|depends_on|∅|∅|∅",
        "model.shop.report|exposure.shop.board|depends_on|∅|∅|∅",
        "source.shop.raw.orders|model.shop.orders|depends_on|∅|∅|∅",
      ])
    #expect(imported.tables.runs.rowCount == 0)
  }

  @Test(arguments: 2...6) func resultsGiveRunsAndErrors(version: Int) throws {
    let text = Self.results(
      version: version,
      [
        Self.result("model.shop.a", "success", from: "2025-03-06T01:00:00Z", to: "2025-03-06T01:00:02.5Z",
          more: #", "adapter_response": {"rows_affected": 7, "bytes_processed": 900}"#),
        Self.result("model.shop.b", "error", seconds: 0.5, message: "Database Error in model b (b.sql)\\n  no such table"),
        Self.result("model.shop.c", "skipped", seconds: 0),
        Self.result("test.shop.t", "fail", from: "2025-03-06T01:00:03Z", to: "2025-03-06T01:00:04Z", seconds: 1,
          message: "Got 6 results", more: #", "failures": 6"#),
        Self.result("test.shop.w", "warn", from: "2025-03-06T01:00:03Z", to: "2025-03-06T01:00:04Z", seconds: 1),
      ].joined(separator: ","))
    let imported = try Imported(text)
    #expect(imported.lines == ["dbt run results v\(version); 5 results read"])
    #expect(
      imported.tables.runs.cells("pipeline", "started", "ended", "status", "attempt", "duration", "records_out", "malformed", "bytes") == [
        "model.shop.a|2025-03-06T01:00:00.0000000Z|2025-03-06T01:00:02.5000000Z|succeeded|1|00:00:02|7|∅|900",
        "test.shop.t|2025-03-06T01:00:03.0000000Z|2025-03-06T01:00:04.0000000Z|failed|1|00:00:01|∅|6|∅",
        "test.shop.w|2025-03-06T01:00:03.0000000Z|2025-03-06T01:00:04.0000000Z|succeeded|1|00:00:01|∅|∅|∅",
        "model.shop.b|∅|∅|failed|1|00:00:00.5000000|∅|∅|∅",
        "model.shop.c|∅|∅|skipped|1|∅|∅|∅|∅",
      ])
    // What has no timing is known to have failed when the file was written.
    #expect(
      imported.tables.errors.cells("at", "pipeline", "code", "category", "message", "details") == [
        "2025-03-06T01:00:04.0000000Z|test.shop.t|fail|data|Got 6 results|{\"invocation_id\":\"i1\",\"thread_id\":\"Thread-1\"}",
        "2025-03-06T01:10:00.0000000Z|model.shop.b|Database Error||Database Error in model b (b.sql)\n  no such table"
          + "|{\"invocation_id\":\"i1\",\"thread_id\":\"Thread-1\"}",
      ])
    #expect(
      imported.tables.pipelines.cells("name", "status", "last_error", "success_rate", "avg_duration") == [
        "model.shop.a|succeeded||1.0|00:00:02", "model.shop.b|failed|Database Error in model b (b.sql)\n  no such table|0.0|∅",
        "model.shop.c|skipped||∅|∅", "test.shop.t|failed|Got 6 results|0.0|∅", "test.shop.w|succeeded||1.0|00:00:01",
      ])
  }

  @Test func aFolderIsAHistory() throws {
    let files = (1...3).map { day in
      (
        name: "2025-03-0\(day)/target/run_results.json",
        text: Self.results(
          invocation: "day\(day)", at: "2025-03-0\(day)T01:01:00Z",
          Self.result("model.shop.a", day == 3 ? "error" : "success", from: "2025-03-0\(day)T01:00:00Z", to: "2025-03-0\(day)T01:00:10Z",
            message: day == 3 ? "Runtime Error" : nil))
      )
    }
    let imported = try Imported(files: files + [("manifest.json", Self.manifest), ("notes.json", "{\"a\": 1}"), ("x.csv", "a,b\n")])
    #expect(imported.lines.count == 4)
    #expect(imported.tables.runs.cells("started", "status") == [
      "2025-03-01T01:00:00.0000000Z|succeeded", "2025-03-02T01:00:00.0000000Z|succeeded", "2025-03-03T01:00:00.0000000Z|failed",
    ])
    let pipeline = imported.tables.pipelines.cells("name", "status", "last_run", "last_success", "freshness").first
    #expect(pipeline == "exposure.shop.board||∅|∅|∅")
    #expect(imported.tables.pipelines.cells("name", "status", "last_run", "last_success", "freshness")[1]
      == "model.shop.a|failed|2025-03-03T01:00:00.0000000Z|2025-03-02T01:00:10.0000000Z|1.00:00:50")
  }

  @Test func freshnessOfSources() throws {
    let text = """
      {"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/sources/v3.json", "generated_at": "2025-03-06T02:00:00Z",
         "invocation_id": "s1"},
       "results": [
         {"unique_id": "source.shop.raw.orders", "max_loaded_at": "2025-03-04T02:00:00Z", "snapshotted_at": "2025-03-06T02:00:00Z",
          "max_loaded_at_time_ago_in_s": 172800.0, "status": "error", "timing": [], "execution_time": 1.5, "adapter_response": {},
          "criteria": {"warn_after": {"count": 12, "period": "hour"}, "error_after": {"count": 1, "period": "day"}, "filter": null}},
         {"unique_id": "source.shop.raw.users", "max_loaded_at": "2025-03-06T01:00:00Z", "snapshotted_at": "2025-03-06T02:00:00Z",
          "status": "pass", "timing": [], "execution_time": 1, "criteria": {"warn_after": {"count": 12, "period": "hour"}}},
         {"unique_id": "source.shop.raw.gone", "status": "runtime error", "error": "relation does not exist"}]}
      """
    let imported = try Imported(text, named: "sources.json")
    #expect(imported.lines == ["dbt source freshness v3; 3 results read"])
    #expect(imported.tables.pipelines.cells("name", "status", "sla", "last_success", "freshness") == [
      "source.shop.raw.gone|failed|∅|∅|∅",
      "source.shop.raw.orders|stale|1.00:00:00|2025-03-04T02:00:00.0000000Z|2.00:00:00",
      "source.shop.raw.users|succeeded|12:00:00|2025-03-06T01:00:00.0000000Z|01:00:00",
    ])
    #expect(imported.tables.errors.cells("pipeline", "code", "message") == [
      "source.shop.raw.gone|runtime error|relation does not exist",
      "source.shop.raw.orders|error|The newest data is 2.00:00:00 old, and may be 1.00:00:00",
    ])
  }

  static func logLine(_ code: String, _ ts: String, _ data: String) -> String {
    #"{"data": \#(data), "info": {"code": "\#(code)", "invocation_id": "i1", "ts": "\#(ts)", "level": "info", "msg": ""}}"#
  }

  static func node(_ name: String, _ status: String, from: String = "", to: String = "") -> String {
    #""node_info": {"unique_id": "\#(name)", "node_status": "\#(status)", "node_started_at": "\#(from)", "node_finished_at": "\#(to)"}"#
  }

  static let log = [
    logLine("A001", "2025-03-06T01:00:00Z", #"{"version": "=1.8.2"}"#),
    logLine("Q024", "2025-03-06T01:00:01Z", "{\(node("model.shop.a", "started", from: "2025-03-06T01:00:01"))}"),
    logLine("Q024", "2025-03-06T01:00:01Z", "{\(node("model.shop.b", "executing", from: "2025-03-06T01:00:01"))}"),
    logLine("Q025", "2025-03-06T01:00:03Z",
      "{\(node("model.shop.a", "error", from: "2025-03-06T01:00:01", to: "2025-03-06T01:00:03")), "
        + #""run_result": {"status": "error", "message": "Compilation Error in model a", "execution_time": 2.0, "timing_info": []}}"#),
  ].joined(separator: "\n")

  @Test func logsFoldIntoRuns() throws {
    let imported = try Imported(Self.log, named: "dbt.log")
    #expect(imported.lines == ["dbt log; 4 events read, 1 not about a run, 1 merged into known runs"])
    #expect(imported.tables.runs.cells("pipeline", "started", "ended", "status", "error_code") == [
      "model.shop.a|2025-03-06T01:00:01.0000000Z|2025-03-06T01:00:03.0000000Z|failed|Compilation Error",
      "model.shop.b|2025-03-06T01:00:01.0000000Z|∅|running|",
    ])
  }

  /// The log of an invocation and its results are about the same runs.
  @Test func resultsCompleteALog() throws {
    let results = Self.results(
      Self.result("model.shop.a", "error", message: "Compilation Error in model a") + ","
        + Self.result("model.shop.b", "success", from: "2025-03-06T01:00:01Z", to: "2025-03-06T01:00:09Z"))
    let imported = try Imported(files: [("dbt.log", Self.log), ("run_results.json", results)])
    #expect(imported.tables.runs.cells("pipeline", "started", "ended", "status") == [
      "model.shop.a|2025-03-06T01:00:01.0000000Z|2025-03-06T01:00:03.0000000Z|failed",
      "model.shop.b|2025-03-06T01:00:01.0000000Z|2025-03-06T01:00:09.0000000Z|succeeded",
    ])
    #expect(imported.tables.errors.rowCount == 1)
    let swapped = try Imported(files: [("z.log", Self.log), ("a.json", results)])
    #expect(swapped.all == imported.all)
  }

  @Test func whatDoesNotFitIsSaid() throws {
    let text = Self.results(version: 9,
      [
        Self.result("model.shop.a", "success"), Self.result("model.shop.b", "exploded"),
        Self.result("model.shop.c", "success", from: "{{ any(datetime) }}"), "7", #"{"status": "success"}"#,
        Self.result("model.shop.d", "success", from: "yesterday"),
      ].joined(separator: ","))
    let imported = try Imported(text)
    #expect(imported.reports[0].read == 1)
    #expect(imported.reports[0].rejected == 5)
    #expect(imported.lines[0].contains("has the status `exploded`, which Plumb does not know"))
    #expect(imported.lines[0].contains("is the placeholder"))
    #expect(imported.lines[0].hasSuffix("; and 2 more; Plumb knows versions 2 to 6; this one was read by its fields"))
    #expect(imported.rejects.map(\.reason).last == "`timing.started_at` is `yesterday`, which is not a moment")
    #expect(try Imported(#"{"metadata": {"dbt_schema_version": ".../run-results/v4.json"}, "results": []}"#).lines[0].contains("neither"))
    let cut = try Imported(String(Self.manifest.prefix(900)), named: "manifest.json").lines[0]
    #expect(cut.hasPrefix("dbt manifest; 1 rejected: line ") && cut.hasSuffix(": the file ends in the middle of a value"))
  }
}
