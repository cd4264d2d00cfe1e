import Foundation
import PlumbEngine
import Testing

@testable import PlumbStorage

/// Answers of Airflow's REST API, versions 1 and 2, and of its command line, each small enough to count by hand.
@Suite struct AirflowTests {
  static let dags = """
    {"dags": [
       {"dag_id": "shop", "fileloc": "/dags/shop.py", "is_paused": false, "owners": ["ann", "bob"],
        "schedule_interval": {"__type": "CronExpression", "value": "0 * * * *"}},
       {"dag_id": "board", "fileloc": "/dags/board.py", "owners": ["cfo"], "timetable_summary": "Dataset"},
       {"dag_id": "clean", "is_paused": true, "owners": [],
        "schedule_interval": {"__type": "TimeDelta", "days": 1, "seconds": 3600, "microseconds": 0}}],
     "total_entries": 3}
    """

  /// The answer of `/dags/shop/tasks`, which does not name the DAG.
  static let tasks = """
    {"tasks": [
       {"task_id": "extract", "owner": "ann", "class_ref": {"module_path": "m", "class_name": "PythonOperator"},
        "trigger_rule": "all_success", "downstream_task_ids": ["load", "audit"]},
       {"task_id": "load", "owner": "ann", "class_ref": {"class_name": "PythonOperator"}, "downstream_task_ids": []},
       {"task_id": "audit", "owner": "bob", "class_ref": null, "downstream_task_ids": []}],
     "total_entries": 3}
    """

  static let runs = """
    {"dag_runs": [
       {"dag_id": "shop", "dag_run_id": "scheduled__1", "logical_date": "2025-03-06T00:00:00+00:00", "state": "failed",
        "start_date": "2025-03-06T01:00:01.5+00:00", "end_date": "2025-03-06T01:05:00+00:00", "run_type": "scheduled"},
       {"dag_id": "shop", "dag_run_id": "manual__2", "logical_date": null, "state": "running",
        "queued_at": "2025-03-06T01:59:58Z", "start_date": "2025-03-06T02:00:00Z", "end_date": null, "duration": null},
       {"dag_id": "shop", "dag_run_id": "scheduled__3", "state": "queued", "start_date": null, "end_date": null}],
     "total_entries": 250}
    """

  static func instance(
    _ task: String, _ state: String?, run: String = "scheduled__1", from: String? = nil, to: String? = nil, tries: Int = 1,
    more: String = ""
  ) -> String {
    func text(_ value: String?) -> String { value.map { "\"\($0)\"" } ?? "null" }
    return """
      {"task_id": "\(task)", "dag_id": "shop", "dag_run_id": "\(run)", "execution_date": "2025-03-06T00:00:00+00:00",
       "state": \(text(state)), "start_date": \(text(from)), "end_date": \(text(to)), "try_number": \(tries), "map_index": -1,
       "max_tries": 2, "operator": "PythonOperator", "pool": "default_pool"\(more)}
      """
  }

  static func page(_ instances: [String]) -> String {
    "{\"task_instances\": [\(instances.joined(separator: ","))], \"total_entries\": \(instances.count)}"
  }

  static let instances = page([
    instance("extract", "success", from: "2025-03-06T01:00:05Z", to: "2025-03-06T01:01:05Z", tries: 2,
      more: #", "duration": 60.25, "queued_when": "2025-03-06T01:00:02Z""#),
    instance("load", "failed", from: "2025-03-06T01:02:00Z", to: "2025-03-06T01:03:00Z"),
    instance("audit", "upstream_failed", from: "2025-03-06T01:03:01Z", to: "2025-03-06T01:03:01Z", tries: 0),
    instance("branch", "skipped", from: "2025-03-06T01:00:06Z", to: "2025-03-06T01:00:06Z"),
    instance("notify", nil, tries: 0),
  ])

  @Test func dagRuns() throws {
    let imported = try Imported(Self.runs)
    #expect(imported.lines == [
      "Airflow DAG runs; 3 records read, 1 not about a run; this is a page with 3 of 250 entries"
    ])
    #expect(
      imported.tables.runs.cells("pipeline", "source", "started", "ended", "status", "attempt", "duration", "queue_delay") == [
        "shop|shop|2025-03-06T01:00:01.5000000Z|2025-03-06T01:05:00.0000000Z|failed|∅|00:04:58.5000000|∅",
        "shop|shop|2025-03-06T02:00:00.0000000Z|∅|running|∅|∅|00:00:02",
      ])
    #expect(imported.tables.pipelines.cells("name", "source", "kind", "status") == ["shop|shop|dag|running"])
    // Airflow keeps messages in logs, and its answers have none.
    #expect(imported.tables.errors.rowCount == 0)
  }

  @Test func taskInstances() throws {
    let imported = try Imported(Self.instances)
    #expect(imported.lines == ["Airflow task instances; 5 records read, 1 not about a run"])
    #expect(
      imported.tables.runs.cells("pipeline", "started", "ended", "status", "attempt", "duration", "queue_delay", "error_code") == [
        "shop.extract|2025-03-06T01:00:05.0000000Z|2025-03-06T01:01:05.0000000Z|succeeded|2|00:01:00.2500000|00:00:03|",
        "shop.branch|2025-03-06T01:00:06.0000000Z|2025-03-06T01:00:06.0000000Z|skipped|1|00:00:00|∅|",
        "shop.load|2025-03-06T01:02:00.0000000Z|2025-03-06T01:03:00.0000000Z|failed|1|00:01:00|∅|",
        "shop.audit|2025-03-06T01:03:01.0000000Z|2025-03-06T01:03:01.0000000Z|skipped|∅|00:00:00|∅|upstream_failed",
      ])
    #expect(imported.tables.pipelines.cells("name", "kind", "status") == [
      "shop|dag|", "shop.audit|PythonOperator|skipped", "shop.branch|PythonOperator|skipped", "shop.extract|PythonOperator|succeeded",
      "shop.load|PythonOperator|failed", "shop.notify|PythonOperator|",
    ])
    #expect(imported.tables.edges.cells("upstream", "downstream", "kind").count == 5)
  }

  /// Each try is a run; one that waits for its retry has failed, and a cleared run begins again.
  @Test func triesAndStates() throws {
    let retry = Self.page([
      Self.instance("load", "up_for_retry", from: "2025-03-06T01:02:00Z", to: "2025-03-06T01:03:00Z", tries: 1)
    ])
    let later = Self.page([
      Self.instance("load", "success", from: "2025-03-06T01:08:00Z", to: "2025-03-06T01:09:00Z", tries: 2)
    ])
    // `/taskInstances/load/tries` has both again.
    let tries = Self.page([
      Self.instance("load", "failed", from: "2025-03-06T01:02:00Z", to: "2025-03-06T01:03:00Z", tries: 1),
      Self.instance("load", "success", from: "2025-03-06T01:08:00Z", to: "2025-03-06T01:09:00Z", tries: 2),
    ])
    let imported = try Imported(files: [("a.json", retry), ("b.json", later), ("c.json", tries)])
    #expect(imported.tables.runs.cells("pipeline", "status", "attempt") == ["shop.load|failed|1", "shop.load|succeeded|2"])
    #expect(try Imported(files: [("c.json", retry), ("b.json", later), ("a.json", tries)]).all == imported.all)

    for (state, status) in [
      ("deferred", "running"), ("up_for_reschedule", "running"), ("restarting", "running"), ("removed", "cancelled"),
    ] {
      let one = try Imported(Self.page([Self.instance("t", state, from: "2025-03-06T01:00:00Z", to: "2025-03-06T01:00:09Z")]))
      #expect(one.tables.runs.cells("status", "ended") == ["\(status)|\(status == "running" ? "∅" : "2025-03-06T01:00:09.0000000Z")"])
    }
  }

  @Test func mappedTasksAreRunsOfTheirOwn() throws {
    let mapped = (0..<3).map {
      Self.instance("each", "success", from: "2025-03-06T01:00:0\($0)Z", to: "2025-03-06T01:01:00Z")
        .replacing("\"map_index\": -1", with: "\"map_index\": \($0)")
    }
    #expect(try Imported(Self.page(mapped)).tables.runs.rowCount == 3)
  }

  @Test func dagsAndTheirTasks() throws {
    let imported = try Imported(files: [("dags.json", Self.dags), ("dags/shop/tasks.json", Self.tasks)])
    #expect(imported.lines == ["Airflow DAGs; 3 records read", "Airflow tasks; 3 records read, 2 merged into known pipelines"])
    #expect(imported.tables.pipelines.cells("name", "source", "kind", "owner", "schedule") == [
      "board|board|dag|cfo|Dataset", "clean|clean|dag||every 1.01:00:00", "shop|shop|dag|ann, bob|0 * * * *",
      "shop.audit|shop||bob|", "shop.extract|shop|PythonOperator|ann|", "shop.load|shop|PythonOperator|ann|",
    ])
    #expect(imported.tables.edges.cells("upstream", "downstream", "kind") == [
      "shop|shop.audit|parent", "shop|shop.extract|parent", "shop|shop.load|parent", "shop.extract|shop.audit|task",
      "shop.extract|shop.load|task",
    ])
    #expect(imported.tables.runs.rowCount == 0)
  }

  @Test(arguments: [
    ("shop.tasks.json", "shop"), ("a/b/shop-tasks.json.gz", "shop"), ("dags/shop/tasks.json", "shop"), ("tasks.json", nil),
    ("other.json", nil), ("standard input", nil), (".tasks.json", nil),
  ] as [(String, String?)])
  func tasksAreNamedByTheirFile(path: String, dag: String?) {
    #expect(FileReading.airflowDag(ofTasksIn: path) == dag)
  }

  @Test func tasksOfNobody() throws {
    let imported = try Imported(Self.tasks, named: "answer.json")
    #expect(imported.reports[0].rejected == 3)
    #expect(imported.lines[0].contains("call the file `DAG.tasks.json`"))
    let said = try Imported("{\"dag_id\": \"shop\"," + Self.tasks.dropFirst(), named: "answer.json")
    #expect(said.tables.edges.rowCount == 5)
  }

  /// A dataset joins the task that writes it to the DAG that waits for it, and so to that DAG's tasks.
  @Test(arguments: ["datasets", "assets"]) func datasets(list: String) throws {
    let text = """
      {"\(list)": [{"id": 1, "uri": "s3://shop/orders", "producing_tasks": [{"dag_id": "shop", "task_id": "load"}],
         "\(list == "assets" ? "scheduled_dags" : "consuming_dags")": [{"dag_id": "board", "created_at": "x"}]}], "total_entries": 1}
      """
    let imported = try Imported(text)
    #expect(imported.lines == ["Airflow datasets; 1 record read"])
    #expect(imported.tables.edges.cells("upstream", "downstream", "kind") == [
      "shop|shop.load|parent", "shop.load|board|dataset",
    ])
  }

  /// What `airflow dags list-runs -o json` and `airflow tasks states-for-dag-run -o json` print.
  @Test func commandLine() throws {
    let list = """
      [{"dag_id": "shop", "run_id": "scheduled__1", "state": "failed", "execution_date": "2025-03-06T00:00:00+00:00",
        "start_date": "2025-03-06T01:00:01.500000+00:00", "end_date": "2025-03-06T01:05:00+00:00"},
       {"dag_id": "shop", "run_id": "manual__9", "state": "queued", "execution_date": "2025-03-06T02:00:00+00:00",
        "start_date": "", "end_date": ""}]
      """
    let imported = try Imported(list)
    #expect(imported.lines == ["Airflow DAG runs; 2 records read, 1 not about a run"])
    // The same run as the REST API has.
    let both = try Imported(files: [("cli.json", list), ("rest.json", Self.runs)])
    #expect(both.tables.runs.rowCount == 2)
    #expect(both.lines[1].contains("1 merged into known runs"))

    let states = try Imported("""
      [{"dag_id": "shop", "execution_date": "2025-03-06T00:00:00+00:00", "task_id": "extract", "state": "success",
        "start_date": "2025-03-06T01:00:05+00:00", "end_date": "2025-03-06T01:01:05+00:00"},
       {"dag_id": "shop", "execution_date": "2025-03-06T00:00:00+00:00", "task_id": "load", "state": null, "start_date": "",
        "end_date": ""}]
      """)
    #expect(states.lines == ["Airflow task instances; 2 records read, 1 not about a run"])
    // Which try it was, they do not say.
    #expect(states.tables.runs.cells("pipeline", "status", "attempt") == ["shop.extract|succeeded|∅"])
    let dags = try Imported(#"[{"dag_id": "shop", "filepath": "shop.py", "owner": "ann", "paused": "False"}]"#)
    #expect(dags.tables.pipelines.cells("name", "kind", "owner") == ["shop|dag|ann"])
  }

  @Test func linesAndSingleRecords() throws {
    let lines = [
      Self.instance("a", "success", from: "2025-03-06T01:00:00Z", to: "2025-03-06T01:01:00Z"),
      Self.instance("b", "failed", from: "2025-03-06T01:00:00Z", to: "2025-03-06T01:01:00Z"),
    ].map { $0.replacing("\n", with: " ") }
    let imported = try Imported(lines.joined(separator: "\n{broken\n"), named: "x.ndjson")
    #expect(imported.tables.runs.rowCount == 2)
    #expect(imported.reports[0].rejected == 1)
  }

  @Test func anyOrderAnyNumberOfTimes() throws {
    let files = [
      ("a.json", Self.runs), ("b.json", Self.instances), ("c.json", Self.dags), ("shop.tasks.json", Self.tasks),
    ]
    let once = try Imported(files: files)
    #expect(try Imported(files: files + [("z.json", Self.instances), ("y.json", Self.runs)]).all == once.all)
    let folder = try TelemetryFolder(files)
    let backwards = try Imported(files.reversed().map { folder.path + "/" + $0.0 })
    #expect(backwards.all == once.all)
  }

  /// A DAG run that was cleared is running again under its old name: it counts as it ended until it ends again.
  @Test func clearedRuns() throws {
    func run(_ state: String, _ from: String, _ to: String) -> String {
      #"{"dag_runs": [{"dag_id": "d", "dag_run_id": "r", "state": "\#(state)", "start_date": \#(from), "end_date": \#(to)}]}"#
    }
    let failed = ("a.json", run("failed", "\"2025-03-06T01:00:00Z\"", "\"2025-03-06T01:10:00Z\""))
    let again = ("b.json", run("running", "\"2025-03-06T02:00:00Z\"", "null"))
    let done = ("c.json", run("success", "\"2025-03-06T02:00:00Z\"", "\"2025-03-06T02:05:00Z\""))
    #expect(try Imported(files: [failed, again]).tables.runs.cells("started", "ended", "status") == [
      "2025-03-06T01:00:00.0000000Z|2025-03-06T01:10:00.0000000Z|failed"
    ])
    #expect(try Imported(files: [failed, again, done]).tables.runs.cells("started", "ended", "status") == [
      "2025-03-06T02:00:00.0000000Z|2025-03-06T02:05:00.0000000Z|succeeded"
    ])
  }

  @Test(arguments: [
    (#""state": "exploded""#, "`state` is `exploded`, which Plumb does not know"),
    (#""start_date": "yesterday""#, "`start_date` is `yesterday`, which is not a moment"),
    (#""try_number": "one""#, "`try_number` is `\"one\"`, not a whole number"),
    (#""dag_id": "{{ dag }}""#, "`dag_id` is the placeholder"),
    (#""task_id": 7"#, "`task_id` is `7`, not a text"),
  ])
  func badRecordsAreRejectedAlone(part: String, reason: String) throws {
    let good = Self.instance("a", "success", from: "2025-03-06T01:00:00Z", to: "2025-03-06T01:01:00Z")
    let key = part.prefix { $0 != ":" }
    var bad = good
    if let start = bad.range(of: key + ": "), let end = bad[start.upperBound...].firstIndex(where: { $0 == "," || $0 == "\n" }) {
      bad.replaceSubrange(start.lowerBound..<end, with: part)
    }
    let imported = try Imported(Self.page([bad, good, "7"]))
    #expect(imported.reports[0].read == 1)
    #expect(imported.reports[0].rejected == 2)
    #expect(imported.lines[0].contains(reason), "\(imported.lines[0])")
    #expect(imported.rejects.count == 2 && !imported.rejects[0].text.isEmpty)
  }

  @Test func whatIsNotAirflow() throws {
    #expect(try Imported(#"{"status": 401, "title": "Unauthorized"}"#, kind: .airflow).lines[0].contains("not a file that airflow writes"))
    #expect(try Imported(#"{"tasks": [{"name": "buy milk"}]}"#).lines[0].contains("not read"))
    #expect(try Imported(Self.runs, kind: .adf).lines[0].contains("not a file that adf writes"))
    #expect(try Imported(#"{"dag_runs": [], "total_entries": 0}"#).lines == ["Airflow DAG runs; 0 records read"])
    let cut = try Imported(String(Self.instances.prefix(700))).lines[0]
    #expect(cut.contains("the file ends in the middle of a value"), "\(cut)")
  }
}
