import PlumbEngine
import Testing

@testable import PlumbStorage

/// Events of OpenLineage: folding, edges, facets, and what is not taken.
@Suite struct OpenLineageTests {
  static func event(
    _ type: String, _ run: String, _ job: String, _ minute: Int, inputs: [String] = [], outputs: [String] = [],
    facets: String = "", outputFacets: String = "{}"
  ) -> String {
    func list(_ names: [String], _ more: String) -> String {
      names.map { #"{"namespace": "db", "name": "\#($0)"\#(more)}"# }.joined(separator: ", ")
    }
    let time = "2025-03-06T01:\(minute < 10 ? "0" : "")\(minute):00Z"
    return """
      {"eventType": "\(type)", "eventTime": "\(time)", "run": {"runId": "\(run)", "facets": {\(facets)}}, \
      "job": {"namespace": "etl", "name": "\(job)"}, "inputs": [\(list(inputs, ""))], \
      "outputs": [\(list(outputs, ", \"outputFacets\": \(outputFacets)"))], "producer": "p", "schemaURL": "s"}
      """
  }

  static let events = [
    event("START", "r1", "load", 0, outputs: ["raw"],
      facets: #""nominalTime": {"nominalStartTime": "2025-03-06T00:59:00Z", "nominalEndTime": "2025-03-06T01:59:00Z"}"#),
    event("COMPLETE", "r1", "load", 5, outputs: ["raw"], outputFacets: #"{"outputStatistics": {"rowCount": 10, "size": 2048}}"#),
    event("START", "r2", "clean", 6, inputs: ["raw"], outputs: ["tidy"],
      facets: #""parent": {"run": {"runId": "p1"}, "job": {"namespace": "etl", "name": "nightly"}}"#),
    event("FAIL", "r2", "clean", 7, inputs: ["raw"], outputs: ["tidy"],
      facets: #""errorMessage": {"message": "out of memory", "programmingLanguage": "JAVA", "stackTrace": "at X"}"#),
    event("START", "r3", "report", 8, inputs: ["tidy"]),
    event("COMPLETE", "r4", "audit", 9, inputs: ["raw", "raw"]),
    event("ABORT", "r5", "audit", 9),
  ]

  static let runs = [
    "etl/load|2025-03-06T01:00:00.0000000Z|2025-03-06T01:05:00.0000000Z|succeeded|00:05:00|00:01:00|10|2048|",
    "etl/clean|2025-03-06T01:06:00.0000000Z|2025-03-06T01:07:00.0000000Z|failed|00:01:00|∅|∅|∅|out of memory",
    "etl/report|2025-03-06T01:08:00.0000000Z|∅|running|∅|∅|∅|∅|",
    "etl/audit|∅|2025-03-06T01:09:00.0000000Z|cancelled|∅|∅|∅|∅|",
    "etl/audit|∅|2025-03-06T01:09:00.0000000Z|succeeded|∅|∅|∅|∅|",
  ]

  /// One event a line, an array, indented values one after the other: the same.
  @Test func formsOfFiles() throws {
    let lines = try Imported(Self.events.joined(separator: "\n"), named: "e.ndjson")
    let runs = lines.tables.runs.cells(
      "pipeline", "started", "ended", "status", "duration", "queue_delay", "records_out", "bytes", "error")
    #expect(runs.sorted() == Self.runs.sorted())
    #expect(lines.lines == ["OpenLineage; 7 events read, 2 merged into known runs"])
    #expect(
      lines.tables.edges.cells("upstream", "downstream", "kind") == [
        "etl/clean|etl/report|dataset", "etl/load|etl/audit|dataset", "etl/load|etl/clean|dataset", "etl/nightly|etl/clean|parent",
      ])
    #expect(
      lines.tables.errors.cells("at", "pipeline", "message", "details") == [
        "2025-03-06T01:07:00.0000000Z|etl/clean|out of memory|"
          + #"{"run_id":"r2","language":"JAVA","stack_trace":"at X"}"#
      ])
    #expect(
      lines.tables.pipelines.cells("name", "source", "schedule", "status", "last_error") == [
        "etl/audit|etl||\(lines.tables.runs.cells("pipeline", "status", "started").contains("etl/audit|succeeded|∅") ? statusOfAudit(lines) : "")|",
        "etl/clean|etl||failed|out of memory", "etl/load|etl|every 01:00:00|succeeded|", "etl/nightly||||",
        "etl/report|etl||running|",
      ])
    let array = try Imported("[" + Self.events.joined(separator: ",\n") + "]")
    #expect(array.all == lines.all)
    let indented = try Imported(
      Self.events.map { $0.split(separator: ", ", omittingEmptySubsequences: false).joined(separator: ",\n  ") }.joined(separator: "\n"))
    #expect(indented.all == lines.all)
    let files = try Imported(files: Self.events.enumerated().map { ("\($0.offset).json", $0.element) })
    #expect(files.all == lines.all)
  }

  /// Two runs at one moment: the one with the larger number counts as the last.
  private func statusOfAudit(_ imported: Imported) -> String {
    imported.tables.runs.cells("run_id", "pipeline", "status").filter { $0.contains("etl/audit") }
      .max { Int64($0.prefix { $0 != "|" }) ?? 0 < Int64($1.prefix { $0 != "|" }) ?? 0 }?
      .split(separator: "|").last.map(String.init) ?? ""
  }

  /// Events may come in any order, more than once, and in several imports into the same tables.
  @Test func orderAndRepetitionDoNotMatter() throws {
    var generator = MutationTests.Generator(state: 11)
    let expected = try Imported(Self.events.joined(separator: "\n"), named: "e.ndjson").all
    for _ in 0..<25 {
      var events = Self.events + Self.events.shuffled(using: &generator).prefix(3)
      events.shuffle(using: &generator)
      #expect(try Imported(events.joined(separator: "\n"), named: "e.ndjson").all == expected)
    }
    let folder = try TelemetryFolder([("e.ndjson", Self.events.joined(separator: "\n"))])
    let twice = try Imported([folder.path, folder.path + "/e.ndjson"])
    #expect(twice.all == expected)
    #expect(twice.lines[1] == "OpenLineage; 7 events read, 7 merged into known runs")
  }

  @Test func eventsWithoutRuns() throws {
    let job = #"{"eventTime": "2025-03-06T01:00:00Z", "job": {"namespace": "etl", "name": "load", "facets": {"jobType": {"processingType": "BATCH", "integration": "SPARK", "jobType": "TASK"}, "ownership": {"owners": [{"name": "team:data"}]}}}, "outputs": [{"namespace": "db", "name": "raw"}]}"#
    let dataset = #"{"eventTime": "2025-03-06T01:00:00Z", "dataset": {"namespace": "db", "name": "raw"}}"#
    let reader = #"{"eventTime": "2025-03-06T01:00:00Z", "job": {"namespace": "etl", "name": "use"}, "inputs": [{"namespace": "s3", "name": "x", "facets": {"symlinks": {"identifiers": [{"namespace": "db", "name": "raw", "type": "TABLE"}]}}}]}"#
    let imported = try Imported([job, dataset, reader].joined(separator: "\n"), named: "e.jsonl")
    #expect(imported.lines == ["OpenLineage; 3 events read, 3 not about a run"])
    #expect(imported.tables.runs.rowCount == 0)
    #expect(imported.tables.pipelines.cells("name", "kind", "owner") == ["etl/load|task|team:data", "etl/use||"])
    #expect(imported.tables.edges.cells("upstream", "downstream") == ["etl/load|etl/use"])
  }

  private static let mistakes: KeyValuePairs<String, String> = [
    "`run.runId` is missing": #"{"eventTime": "2025-03-06T01:00:00Z", "job": {"namespace": "a", "name": "b"}, "run": {}}"#,
    "`eventTime` is `soon`, which is not a moment": #"{"eventTime": "soon", "job": {"namespace": "a", "name": "b"}, "run": {"runId": "r"}}"#,
    "`eventTime` is the placeholder `\"{{ any(x) }}\"`": #"{"eventTime": "{{ any(x) }}", "job": {"namespace": "a", "name": "b"}, "run": {"runId": "r"}}"#,
    "`eventType` is `EXPLODE`, which Plumb does not know": #"{"eventType": "EXPLODE", "eventTime": "2025-03-06T01:00:00Z", "job": {"namespace": "a", "name": "b"}, "run": {"runId": "r"}}"#,
    "`job.name` is `7`, not a text": #"{"eventTime": "2025-03-06T01:00:00Z", "job": {"namespace": "a", "name": 7}, "run": {"runId": "r"}}"#,
    "not JSON: a slot's name must be a quoted string": #"{"eventTime": {{ any(x) }}, "run": {"runId": "r"}, "job": {}}"#,
    "not an object": #"[1, 2]"#,
    "the file ends in the middle of a value": #"{"eventTime": "2025-03-06T01:0"#,
  ]

  /// What is wrong in one event costs that event, and its line and reason are said.
  @Test(arguments: mistakes.map(\.key)) func badEvents(reason: String) throws {
    let text = try #require(Self.mistakes.first { $0.key == reason }?.value)
    let good = Self.events[0]
    let imported = try Imported([good, text, Self.events[1]].joined(separator: "\n"), named: "e.ndjson")
    #expect(imported.rejects.map(\.reason) == [reason])
    #expect(imported.lines[0].hasPrefix("OpenLineage; 2 events read, 1 merged into known runs; 1 rejected: line 2: \(reason)"))
    #expect(imported.rejects.map { String(decoding: $0.text, as: UTF8.self) } == [text])
    #expect(imported.tables.runs.cells("status") == ["succeeded"])
  }

  private static let flaws: KeyValuePairs<String, String> = [
    "`parent.job` is missing": #"{"eventTime": "2025-03-06T01:00:00Z", "job": {"namespace": "a", "name": "b"}, "run": {"runId": "r", "facets": {"parent": {"run": {}}}}}"#,
    "`outputStatistics.rowCount` is `\"many\"`, not a whole number": #"{"eventTime": "2025-03-06T01:00:00Z", "job": {"namespace": "a", "name": "b"}, "outputs": [{"namespace": "a", "name": "b", "outputFacets": {"outputStatistics": {"rowCount": "many"}}}]}"#,
    "`inputs` is `{}`, not an array": #"{"eventTime": "2025-03-06T01:00:00Z", "job": {"namespace": "a", "name": "b"}, "inputs": {}}"#,
  ]

  /// What is wrong in a part that is not needed costs that part.
  @Test(arguments: flaws.map(\.key)) func flawedParts(reason: String) throws {
    let text = try #require(Self.flaws.first { $0.key == reason }?.value)
    let imported = try Imported(text, named: "e.ndjson")
    #expect(imported.rejects.map(\.reason) == [reason])
    #expect(imported.lines[0].hasPrefix("OpenLineage; 1 event read"))
    #expect(imported.tables.pipelines.cells("name") == ["a/b"])
  }

  /// Depth, size and repetition that are meant to harm end in lines of the report.
  @Test func hostileFiles() throws {
    let deep = String(repeating: "[", count: 300_000)
    let nested = String(repeating: "{\"a\":", count: 100_000) + "1" + String(repeating: "}", count: 100_000)
    for text in [deep, nested, "{\"eventTime\":" + deep + "}", String(repeating: "]", count: 1000), "\u{0}\u{1}", ""] {
      for kind in TelemetryKind.allCases {
        let imported = try Imported(text, named: "e.json", kind: kind)
        #expect(imported.tables.runs.rowCount == 0)
        #expect(imported.reports[0].rejected >= 1)
      }
    }
    // Every job writes and reads the same datasets: the pairs are bounded.
    let names = (0..<10).map { "t\($0)" }
    let jobs = (0..<30).map { Self.event("COMPLETE", "r\($0)", "j\($0)", 0, inputs: names, outputs: names) }
    let folder = try TelemetryFolder([("e.ndjson", jobs.joined(separator: "\n"))])
    for (limit, isWhole) in [(500, false), (20_000, true)] {
      let telemetry = TelemetryImport()
      telemetry.pairLimit = limit
      try telemetry.read(folder.path, kind: nil, options: makeOptions())
      let edges = try telemetry.tables(makeOptions().context).edges.rowCount
      #expect(isWhole == (edges == 30 * 29))
      #expect(isWhole != telemetry.reports.last?.line.contains("only the first"))
    }
  }
}
