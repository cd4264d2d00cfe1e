import PlumbEngine

/// What Airflow says about DAGs, the order of their tasks, and the datasets that connect DAGs.
extension FileReading {
  func readAirflowDag(_ value: DynamicCursor) throws(TelemetryFault) {
    let dag = try value.requiredText("dag_id", "")
    report.read += 1
    report.foldsInto = "pipelines"
    let before = fold.pipelines.count
    let parsed = try value.moment(value["last_parsed_time"] == nil ? "last_parsed" : "last_parsed_time", "")
    let (row, isNewer) = fold.airflowDag(dag, moment: parsed ?? TelemetryMerge.unknownMoment)
    if fold.pipelines.count == before { report.folded += 1 }
    Self.owners(value).withBytes { fold.pipelines.put(row, PipelineColumn.owner, text: $0, over: isNewer) }
    Self.schedule(value).withBytes { fold.pipelines.put(row, PipelineColumn.schedule, text: $0, over: isNewer) }
  }

  /// A list in the REST API, one text in the command line.
  private static func owners(_ dag: DynamicCursor) -> ByteBuffer {
    var out = ByteBuffer()
    if let owner = dag.anyText("owners") ?? dag.anyText("owner") { out.append(owner) }
    guard let list = dag["owners"], list.isArray else { return out }
    list.forEachElement { owner in
      guard owner.tag == .string, !owner.text.isEmpty else { return }
      if !out.isEmpty { out.append(", " as StaticString) }
      out.append(owner.text)
    }
    return out
  }

  /// A cron expression as it is, or `every 01:00:00`; empty if the DAG has no schedule.
  private static func schedule(_ dag: DynamicCursor) -> ByteBuffer {
    var out = ByteBuffer()
    guard let interval = dag["schedule_interval"], interval.isObject else {
      if let text = dag.anyText("timetable_summary") ?? dag.anyText("schedule_interval"), String(text) != "None" {
        out.append(text)
      }
      return out
    }
    if let text = interval.anyText("value") {
      out.append(text)
      return out
    }
    guard let days = interval["days"]?.number, let seconds = interval["seconds"]?.number,
      let span = TimeSpan.fromReal(days * 86_400 + seconds, unit: TimeSpan.second), span > 0,
      interval["months"] == nil, interval["years"] == nil
    else { return out }
    out.append("every " as StaticString)
    TimeSpan.print(span, to: &out)
    return out
  }

  func readAirflowTask(_ value: DynamicCursor, ofDag dag: Bytes) throws(TelemetryFault) {
    let task = try value.requiredText("task_id", "")
    var later: [Bytes] = []
    for next in try value.list("downstream_task_ids", "") {
      guard next.tag == .string else { throw next.fault("downstream_task_ids", wanted: "a text") }
      later.append(next.text)
    }
    report.read += 1
    report.foldsInto = "pipelines"
    let before = fold.pipelines.count
    // Nothing says since when the task is what it is.
    fold.withAirflowTask(task, of: dag, moment: TelemetryMerge.unknownMoment) { name, row, isNewer in
      fold.pipelines.put(row, PipelineColumn.owner, text: value.anyText("owner"), over: isNewer)
      fold.pipelines.put(row, PipelineColumn.kind, text: value["class_ref"]?.anyText("class_name"), over: isNewer)
      for next in later where !next.isEmpty {
        fold.withAirflowTask(next, of: dag, moment: TelemetryMerge.unknownMoment) { other, _, _ in
          _ = fold.edge(from: name, to: other, kind: "task")
        }
      }
    }
    if fold.pipelines.count == before { report.folded += 1 }
  }

  /// A dataset, called an asset since version 3: a DAG that waits for it comes after the tasks that write it.
  func readAirflowDataset(_ value: DynamicCursor) throws(TelemetryFault) {
    let uri = try value.requiredText("uri", "")
    let lists: [(StaticString, isOutput: Bool)] = [
      ("producing_tasks", true), ("consuming_tasks", false), ("consuming_dags", false), ("scheduled_dags", false),
    ]
    for (name, isOutput) in lists {
      for user in try value.list(name, "") {
        guard user.isObject else { throw user.fault("\(name)", wanted: "an object") }
        let dag = try user.requiredText("dag_id", "\(name).")
        if let task = try user.text("task_id", "\(name).") {
          fold.withAirflowTask(task, of: dag, moment: TelemetryMerge.unknownMoment) { job, _, _ in
            fold.note(job, dataset: uri, isOutput: isOutput)
          }
        } else {
          fold.airflowDag(dag, moment: TelemetryMerge.unknownMoment)
          fold.note(dag, dataset: uri, isOutput: isOutput)
        }
      }
    }
    report.read += 1
  }
}
