import Foundation
import PlumbEngine
import Testing

@testable import PlumbStorage

/// Runs of Azure Data Factory as its REST API, diagnostic settings and Log Analytics have them, and its pipelines.
@Suite struct DataFactoryTests {
  static let pipelineRuns = """
    {"value": [
       {"runId": "p-1", "pipelineName": "load shop", "parameters": {}, "invokedBy": {"id": "x", "name": "nightly"},
        "runStart": "2025-03-06T01:00:00.5Z", "runEnd": "2025-03-06T01:02:00.5Z", "durationInMs": 120000, "status": "Failed",
        "message": "Operation on target Copy orders failed", "lastUpdated": "2025-03-06T01:02:01Z", "annotations": []},
       {"runId": "p-2", "pipelineName": "report", "invokedBy": {"id": "y", "name": "Run it", "pipelineName": "load shop",
        "pipelineRunId": "p-1"}, "runStart": "2025-03-06T01:05:00Z", "runEnd": null, "durationInMs": null, "status": "InProgress",
        "message": "", "lastUpdated": "2025-03-06T01:05:01Z"},
       {"runId": "p-3", "pipelineName": "report", "runStart": "2025-03-06T01:06:00Z", "status": "Queued"},
       {"runId": "p-4", "pipelineName": "report", "runStart": "2025-03-06T00:06:00Z", "runEnd": "2025-03-06T00:06:09Z",
        "status": "Cancelled", "message": "by hand", "lastUpdated": "2025-03-06T00:06:09Z",
        "id": "/SUBSCRIPTIONS/1/RESOURCEGROUPS/g/PROVIDERS/MICROSOFT.DATAFACTORY/FACTORIES/ShopFactory/pipelineruns/p-4"}],
     "continuationToken": "abc"}
    """

  static let activityRuns = """
    {"value": [
       {"activityRunId": "a-1", "activityName": "Copy orders", "activityType": "Copy", "pipelineName": "load shop",
        "pipelineRunId": "p-1", "activityRunStart": "2025-03-06T01:00:01Z", "activityRunEnd": "2025-03-06T01:00:31Z",
        "durationInMs": 30000, "status": "Succeeded", "retryAttempt": null, "error": {"errorCode": "", "message": "",
        "failureType": "", "target": "Copy orders"}, "input": {}, "output": {"rowsRead": 100, "rowsCopied": 97, "rowsSkipped": 3,
        "dataRead": 5000, "dataWritten": 4000, "durationInQueue": {"integrationRuntimeQueue": 4}}},
       {"activityRunId": "a-2", "activityName": "Copy users", "activityType": "Copy", "pipelineName": "load shop",
        "pipelineRunId": "p-1", "activityRunStart": "2025-03-06T01:00:32Z", "activityRunEnd": "2025-03-06T01:02:00Z",
        "durationInMs": 88000, "status": "Failed", "retryAttempt": 1, "error": {"errorCode": "2200",
        "message": "ErrorCode=SqlFailedToConnect", "failureType": "UserError", "target": "Copy users"}, "output": {}},
       {"activityRunId": "a-3", "activityName": "Wait", "activityType": "Wait", "pipelineName": "load shop", "pipelineRunId": "p-1",
        "activityRunStart": "2025-03-06T01:00:33Z", "activityRunEnd": "2025-03-06T01:01:33Z", "status": "TimedOut",
        "error": {"message": "took too long"}}]}
    """

  static func log(_ category: String, _ more: String) -> String {
    #"{"Level": 4, "correlationId": "c", "time": "2025-03-06T01:02:01Z", "category": "\#(category)", "level": "Informational", "#
      + #""resourceId": "/SUBSCRIPTIONS/1/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.DATAFACTORY/FACTORIES/SHOPFACTORY", "#
      + #""operationName": "x - Failed", \#(more)}"#
  }

  static let logs = [
    log("PipelineRuns", #""runId": "p-1", "pipelineName": "load shop", "start": "2025-03-06T01:00:00.5Z", "end": "1601-01-01T00:00:00Z", "status": "InProgress", "properties": {}"#)
      .replacingOccurrences(of: "01:02:01Z", with: "01:00:02Z"),
    log("PipelineRuns", #""runId": "p-1", "pipelineName": "load shop", "start": "2025-03-06T01:00:00.5Z", "end": "2025-03-06T01:02:00.5Z", "status": "Failed", "properties": {"Parameters": {}}"#),
    log("ActivityRuns", #""activityRunId": "a-2", "pipelineRunId": "p-1", "pipelineName": "load shop", "activityName": "Copy users", "start": "2025-03-06T01:00:32Z", "end": "2025-03-06T01:02:00Z", "status": "Failed", "properties": {"Output": "{\"rowsRead\": 5}", "Error": "{\"errorCode\": \"2200\", \"message\": \"ErrorCode=SqlFailedToConnect\", \"failureType\": \"null\"}"}"#),
    log("TriggerRuns", #""triggerName": "nightly", "status": "Succeeded""#),
  ]

  static let definition = """
    {"value": [{"id": "/subscriptions/1/resourceGroups/g/providers/Microsoft.DataFactory/factories/shopfactory/pipelines/load shop",
      "name": "load shop", "type": "Microsoft.DataFactory/factories/pipelines", "properties": {"activities": [
        {"name": "Copy orders", "type": "Copy", "dependsOn": [], "inputs": [{"referenceName": "raw", "type": "DatasetReference"}],
         "outputs": [{"referenceName": "orders", "type": "DatasetReference"}]},
        {"name": "For each", "type": "ForEach", "dependsOn": [{"activity": "Copy orders", "dependencyConditions": ["Succeeded"]}],
         "typeProperties": {"activities": [{"name": "Run report", "type": "ExecutePipeline",
           "typeProperties": {"pipeline": {"referenceName": "report", "type": "PipelineReference"}}}]}}]}},
      {"name": "report", "properties": {"activities": [{"name": "Read", "type": "Lookup",
         "inputs": [{"referenceName": "orders"}]}]}}]}
    """

  @Test func runsOfPipelines() throws {
    let imported = try Imported(Self.pipelineRuns)
    #expect(imported.lines == ["ADF pipeline runs; 4 records read, 1 not about a run; this is one page of a longer answer"])
    #expect(imported.tables.runs.cells("pipeline", "source", "started", "ended", "status", "attempt", "duration", "error") == [
      "report|shopfactory|2025-03-06T00:06:00.0000000Z|2025-03-06T00:06:09.0000000Z|cancelled|∅|00:00:09|",
      "load shop||2025-03-06T01:00:00.5000000Z|2025-03-06T01:02:00.5000000Z|failed|∅|00:02:00|Operation on target Copy orders failed",
      "report||2025-03-06T01:05:00.0000000Z|∅|running|∅|∅|",
    ])
    #expect(imported.tables.errors.cells("at", "pipeline", "code", "message", "details") == [
      "2025-03-06T01:02:00.5000000Z|load shop||Operation on target Copy orders failed|{\"run_id\":\"p-1\"}"
    ])
    #expect(imported.tables.edges.cells("upstream", "downstream", "kind") == ["load shop|report|parent"])
  }

  @Test func runsOfActivities() throws {
    let imported = try Imported(Self.activityRuns)
    #expect(imported.lines == ["ADF activity runs; 3 records read"])
    #expect(
      imported.tables.runs.cells(
        "pipeline", "status", "attempt", "duration", "queue_delay", "records_in", "records_out", "malformed", "bytes") == [
        "load shop/Copy orders|succeeded|1|00:00:30|00:00:04|100|97|3|4000",
        "load shop/Copy users|failed|2|00:01:28|∅|∅|∅|∅|∅",
        "load shop/Wait|failed|∅|00:01:00|∅|∅|∅|∅|∅",
      ])
    #expect(imported.tables.errors.cells("pipeline", "code", "category", "message", "details") == [
      "load shop/Wait||timeout|took too long|{\"activity_run_id\":\"a-3\",\"pipeline_run_id\":\"p-1\"}",
      "load shop/Copy users|2200||ErrorCode=SqlFailedToConnect|"
        + "{\"activity_run_id\":\"a-2\",\"pipeline_run_id\":\"p-1\",\"failure_type\":\"UserError\",\"target\":\"Copy users\"}",
    ])
    #expect(imported.tables.pipelines.cells("name", "kind") == [
      "load shop|pipeline", "load shop/Copy orders|Copy", "load shop/Copy users|Copy", "load shop/Wait|Wait",
    ])
  }

  /// Diagnostic settings write a line for each change of a run; an event hub hands them on in a list.
  @Test func logsOfDiagnosticSettings() throws {
    let imported = try Imported(Self.logs.joined(separator: "\n"), named: "PT1H.json")
    #expect(imported.lines == ["ADF runs; 4 records read, 1 not about a run, 1 merged into known runs"])
    #expect(imported.tables.runs.cells("pipeline", "source", "ended", "status", "attempt", "records_in") == [
      "load shop|shopfactory|2025-03-06T01:02:00.5000000Z|failed|∅|∅",
      "load shop/Copy users|shopfactory|2025-03-06T01:02:00.0000000Z|failed|∅|5",
    ])
    #expect(imported.tables.errors.cells("pipeline", "code", "message") == [
      "load shop/Copy users|2200|ErrorCode=SqlFailedToConnect"
    ])
    let hub = try Imported("{\"records\": [\(Self.logs.joined(separator: ","))]}")
    #expect(hub.all == imported.all)
    let backwards = try Imported(Self.logs.reversed().joined(separator: "\n"))
    #expect(backwards.all == imported.all)
  }

  /// The same runs from the REST API and from the log are the same runs.
  @Test func answersAndLogsFold() throws {
    let both = try Imported(files: [
      ("a.json", Self.pipelineRuns), ("b.json", Self.activityRuns), ("c.json", Self.logs.joined(separator: "\n")),
    ])
    #expect(both.tables.runs.rowCount == 6)
    #expect(both.tables.errors.rowCount == 3)
    #expect(both.tables.runs.cells("pipeline", "attempt", "records_in").contains("load shop/Copy users|2|5"))
    let swapped = try Imported(files: [
      ("c.json", Self.pipelineRuns), ("b.json", Self.activityRuns), ("a.json", Self.logs.joined(separator: "\n")),
    ])
    #expect(swapped.all == both.all)
  }

  /// Rows of `ADFPipelineRun` and `ADFActivityRun`, whose names begin with large letters.
  @Test func tablesOfLogAnalytics() throws {
    let text = """
      {"TimeGenerated": "2025-03-06T01:02:01Z", "OperationName": "load shop - Failed", "Category": "PipelineRuns", "RunId": "p-1",
       "PipelineName": "load shop", "Start": "2025-03-06T01:00:00Z", "End": "2025-03-06T01:02:00Z", "Status": "Failed",
       "ErrorCode": "BadRequest", "ErrorMessage": "no", "FailureType": "UserError", "Type": "ADFPipelineRun"}
      {"TimeGenerated": "2025-03-06T01:02:01Z", "OperationName": "x", "Category": "ActivityRuns", "ActivityRunId": "a-9",
       "ActivityName": "Copy", "ActivityType": "Copy", "PipelineName": "load shop", "PipelineRunId": "p-1", "Start":
       "2025-03-06T01:00:00Z", "End": "2025-03-06T01:02:00Z", "Status": "Succeeded", "Output": "{\\"rowsCopied\\": 7}", "Error": "{}"}
      """
    let imported = try Imported(text)
    #expect(imported.tables.runs.cells("pipeline", "status", "error_code", "error", "records_out") == [
      "load shop|failed|BadRequest|no|∅", "load shop/Copy|succeeded|||7",
    ])
  }

  @Test func definitionsGiveEdges() throws {
    let imported = try Imported(Self.definition)
    #expect(imported.lines == ["ADF pipelines; 2 records read, 1 merged into known pipelines"])
    #expect(imported.tables.edges.cells("upstream", "downstream", "kind") == [
      "load shop|load shop/Copy orders|parent", "load shop|load shop/For each|parent", "load shop|load shop/Run report|parent",
      "load shop/Copy orders|load shop/For each|activity", "load shop/Copy orders|report/Read|dataset",
      "load shop/For each|load shop/Run report|parent", "load shop/Run report|report|parent", "report|report/Read|parent",
    ])
    #expect(imported.tables.pipelines.cells("name", "source", "kind") == [
      "load shop|shopfactory|pipeline", "load shop/Copy orders|shopfactory|Copy", "load shop/For each|shopfactory|ForEach",
      "load shop/Run report|shopfactory|ExecutePipeline", "report|shopfactory|pipeline", "report/Read||Lookup",
    ])
  }

  @Test func nestingIsBounded() throws {
    var inner = #"{"name": "a", "type": "Wait"}"#
    for depth in 0..<60 { inner = #"{"name": "n\#(depth)", "type": "ForEach", "typeProperties": {"activities": [\#(inner)]}}"# }
    let imported = try Imported(#"{"name": "p", "properties": {"activities": [\#(inner)]}}"#)
    #expect(imported.lines == ["ADF pipelines; 1 record read; activities nested deeper than 16 are left out"])
    #expect(imported.tables.pipelines.rowCount < 30)
  }

  @Test(arguments: [
    (#""status": "Exploded""#, "`status` is `Exploded`, which Plumb does not know"),
    (#""runStart": "noon""#, "`runStart` is `noon`, which is not a moment"),
    (#""runId": null"#, "`runId` is missing"), (#""durationInMs": "long""#, "`durationInMs` is `\"long\"`, not a whole number"),
  ])
  func badRecordsAreRejectedAlone(part: String, reason: String) throws {
    let good = [
      #""runId": "g""#, #""pipelineName": "p""#, #""runStart": "2025-03-06T01:00:00Z""#, #""status": "Succeeded""#,
      #""durationInMs": 9"#,
    ]
    let bad = good.map { $0.prefix { $0 != ":" } == part.prefix { $0 != ":" } ? part : $0 }
    let imported = try Imported("{\"value\": [{\(good.joined(separator: ","))}, {\(bad.joined(separator: ","))}, []]}")
    #expect(imported.reports[0].read == 1)
    #expect(imported.reports[0].rejected == 2)
    #expect(imported.lines[0].contains(reason), "\(imported.lines[0])")
  }

  @Test func pagesWithoutRuns() throws {
    #expect(try Imported(#"{"value": []}"#, kind: .adf).lines == ["ADF; 0 records read"])
    #expect(try Imported(#"{"value": []}"#).lines[0].contains("not a file that dbt, openlineage, airflow or adf writes"))
    #expect(try Imported(#"{"error": {"code": "AuthenticationFailed"}}"#, kind: .adf).lines[0].contains("not a file that adf writes"))
  }
}
