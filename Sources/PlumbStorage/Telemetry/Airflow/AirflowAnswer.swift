import PlumbEngine

/// What an Airflow record is about, in the words of its REST API and of its command line.
enum AirflowRecord: Hashable, Sendable {
  case dagRun, taskInstance, task, dag, dataset

  /// The names under which answers of the REST API list records.
  private static let lists: [(name: StaticString, record: AirflowRecord)] = [
    ("dag_runs", .dagRun), ("task_instances", .taskInstance), ("tasks", .task), ("dags", .dag), ("datasets", .dataset),
    ("assets", .dataset),
  ]

  /// The kind of record of a value by its fields, as in the lists of `airflow ... -o json`; nil if it is not one.
  init?(_ value: DynamicCursor) {
    if value["task_id"] != nil {
      let isInstance = value["dag_id"] != nil && value.has("state")
      guard isInstance || value.has("downstream_task_ids") else { return nil }
      self = isInstance ? .taskInstance : .task
    } else if value["dag_id"] != nil {
      let isRun = (value["dag_run_id"] ?? value["run_id"]) != nil && value.has("state")
      let words: [StaticString] = ["fileloc", "filepath", "is_paused", "paused", "owners"]
      guard isRun || words.contains(where: value.has) else { return nil }
      self = isRun ? .dagRun : .dag
    } else {
      guard value["uri"] != nil,
        (["consuming_dags", "scheduled_dags", "producing_tasks"] as [StaticString]).contains(where: value.has)
      else { return nil }
      self = .dataset
    }
  }

  /// The list in an answer, and its kind of records; nil if a value is not such an answer.
  static func list(in value: DynamicCursor) -> (list: DynamicCursor, record: AirflowRecord)? {
    for (name, record) in lists {
      guard let list = value[name], list.isArray else { continue }
      guard let first = list.element(at: 0) else { return value.has("total_entries") ? (list, record) : nil }
      if AirflowRecord(first) == record { return (list, record) }
      // No other tool uses Airflow's names for lists of runs; an element may be damaged.
      if record == .dagRun || record == .taskInstance { return (list, record) }
    }
    return nil
  }

  static func isAnswer(_ value: DynamicCursor) -> Bool { list(in: value) != nil || AirflowRecord(value) != nil }

  var title: String {
    switch self {
    case .dagRun: "Airflow DAG runs"
    case .taskInstance: "Airflow task instances"
    case .task: "Airflow tasks"
    case .dag: "Airflow DAGs"
    case .dataset: "Airflow datasets"
    }
  }
}

extension FileReading {
  /// An answer of the REST API, which is a page of records, or one record.
  func readAirflow(_ value: DynamicCursor) throws {
    if let (list, record) = AirflowRecord.list(in: value) {
      report.kind = record.title
      // Tasks do not say to which DAG they belong; whoever saved the answer can.
      let dag = value.anyText("dag_id")
      try forEachPart(of: list) { part throws(TelemetryFault) in try readAirflow(part, as: record, ofDag: dag) }
      if let total = value["total_entries"], total.tag == .long, total.int64 > Int64(list.count) {
        report.note("this is a page with \(list.count) of \(total.int64) entries")
      }
      return
    }
    guard let record = AirflowRecord(value) else { throw TelemetryFault("not a known Airflow answer") }
    report.kind = record.title
    try readAirflow(value, as: record, ofDag: nil)
  }

  private func readAirflow(_ value: DynamicCursor, as record: AirflowRecord, ofDag dag: Bytes?) throws(TelemetryFault) {
    switch record {
    case .dagRun: try readAirflowDagRun(value)
    case .taskInstance: try readAirflowTaskInstance(value)
    case .dag: try readAirflowDag(value)
    case .dataset: try readAirflowDataset(value)
    case .task:
      if let dag = value.anyText("dag_id") ?? dag { return try readAirflowTask(value, ofDag: dag) }
      guard let dag = Self.airflowDag(ofTasksIn: report.path) else {
        throw TelemetryFault(
          "tasks do not name their DAG: call the file `DAG.tasks.json`, or `tasks.json` in a folder named after the DAG")
      }
      var name = ByteBuffer()
      name.append(dag)
      try name.withCursorBytes { name throws(TelemetryFault) in try readAirflowTask(value, ofDag: name) }
    }
  }

  /// The DAG that a file of tasks is named after: `shop` for `shop.tasks.json` and `dags/shop/tasks.json`, the path
  /// in the REST API.
  static func airflowDag(ofTasksIn path: String) -> String? {
    let parts = path.split(separator: "/")
    guard var file = parts.last else { return nil }
    for ending in [".gz", ".json", ".jsonl", ".ndjson"] where file.hasSuffix(ending) { file = file.dropLast(ending.count) }
    if file == "tasks" { return parts.count > 1 ? String(parts[parts.count - 2]) : nil }
    for ending in [".tasks", "-tasks", "_tasks"] where file.hasSuffix(ending) && file.count > ending.count {
      return String(file.dropLast(ending.count))
    }
    return nil
  }

  /// Passes each object of a list to `read`; one that cannot be used is rejected, and the rest stays.
  func forEachPart(of list: DynamicCursor, _ read: (DynamicCursor) throws(TelemetryFault) -> Void) throws {
    var count = 0
    try list.forEachElement { part in
      if count % 256 == 0 { try fold.checkpoint(context) }
      count += 1
      do {
        guard part.isObject else { throw TelemetryFault("not an object") }
        try read(part)
      } catch let fault as TelemetryFault {
        try reject(fault, part: part)
      }
    }
  }
}

extension DynamicCursor {
  /// Whether a slot of this name exists, even if it is null.
  func has(_ name: StaticString) -> Bool {
    member(named: Bytes(name)) != nil
  }
}

extension ByteBuffer {
  /// The bytes while `body` runs, which throws only telemetry faults.
  func withCursorBytes<Result>(_ body: (Bytes) throws(TelemetryFault) -> Result) throws(TelemetryFault) -> Result {
    let outcome = withBytes { bytes -> Swift.Result<Result, TelemetryFault> in
      do throws(TelemetryFault) { return .success(try body(bytes)) } catch { return .failure(error) }
    }
    return try outcome.get()
  }
}
