import PlumbEngine

/// Airflow's state of a DAG run or of a task instance, in Plumb's words.
private enum AirflowState {
  case begun(RunState)
  /// Queued or scheduled: nothing has run yet.
  case waiting

  init?(_ state: Bytes?) {
    switch state.map({ String($0) }) {
    case nil, "queued", "scheduled", "none": self = .waiting
    case "success": self = .begun(.succeeded)
    // The attempt has failed; the next one is an instance of its own.
    case "failed", "up_for_retry": self = .begun(.failed)
    case "running", "deferred", "up_for_reschedule", "restarting": self = .begun(.running)
    case "skipped", "upstream_failed": self = .begun(.skipped)
    case "removed", "shutdown": self = .begun(.cancelled)
    default: return nil
    }
  }
}

/// One run of a DAG or one try of a task, checked before anything is done with it.
private struct AirflowRun {
  var state: RunState?
  var word: Bytes?
  var started: Int64?
  var ended: Int64?
  var duration: Int64?
  var queued: Int64?
  /// When its facts were known.
  var moment: Int64

  /// - Parameter queued: the field that says when it was queued.
  init(_ run: DynamicCursor, queued queuedName: StaticString) throws(TelemetryFault) {
    word = try run.text("state", "")
    guard let known = AirflowState(word) else {
      throw TelemetryFault("`state` is `\(shown(word ?? .empty))`, which Plumb does not know")
    }
    started = try run.moment("start_date", "")
    ended = try run.moment("end_date", "")
    queued = try run.moment(queuedName, "")
    let logical = try run.moment(run["logical_date"] == nil ? "execution_date" : "logical_date", "")
    moment = ended ?? started ?? queued ?? logical ?? TelemetryMerge.unknownMoment
    guard case .begun(let state) = known else { return }
    self.state = state
    if state.isFinal, state != .skipped { duration = run.seconds("duration") }
  }

  /// Writes the facts into the row of the run with this key.
  ///
  /// A snapshot replaces an older one as a whole: a run that was cleared starts over. While it runs again it
  /// counts as it ended before.
  func add(_ key: NaturalKey, of pipeline: Bytes, dag: Bytes, to fold: TelemetryMerge) -> Int? {
    guard let state else { return nil }
    let runs = fold.runs
    let (row, isNewer) = fold.run(key.value, pipeline: pipeline, state: state, moment: moment)
    guard state.isFinal || runs[row, RunColumn.isFinal] == 0 else { return row }
    runs.put(row, RunColumn.source, text: dag, over: isNewer)
    runs.put(row, RunColumn.started, started, over: isNewer)
    if state.isFinal { runs.put(row, RunColumn.ended, ended, over: isNewer) }
    runs.put(row, RunColumn.statedDuration, duration, over: isNewer)
    if let queued, let started, started >= queued {
      runs.put(row, RunColumn.queueDelay, started &- queued, over: isNewer)
    }
    // Why it was not run: because of its position in the DAG, or because something that it needs failed.
    if let word, String(word) == "upstream_failed" { runs.put(row, RunColumn.errorCode, text: word, over: isNewer) }
    return row
  }
}

extension FileReading {
  func readAirflowDagRun(_ value: DynamicCursor) throws(TelemetryFault) {
    let dag = try value.requiredText("dag_id", "")
    let id = try value.requiredText(value["dag_run_id"] == nil ? "run_id" : "dag_run_id", "")
    let run = try AirflowRun(value, queued: "queued_at")
    report.read += 1
    fold.airflowDag(dag, moment: run.moment)
    var key = NaturalKey()
    key.add("airflow")
    key.add(dag)
    key.add(id)
    let isKnown = fold.runs.hasRow(of: key.value)
    guard run.add(key, of: dag, dag: dag, to: fold) != nil else { return report.unused += 1 }
    if isKnown { report.folded += 1 }
  }

  func readAirflowTaskInstance(_ value: DynamicCursor) throws(TelemetryFault) {
    let dag = try value.requiredText("dag_id", "")
    let task = try value.requiredText("task_id", "")
    let run = try AirflowRun(value, queued: "queued_when")
    let number = try value.count("try_number", "")
    let place = try value.count("map_index", "") ?? -1
    var key = NaturalKey()
    key.add("airflow")
    key.add(dag)
    if let id = try value.text(value["dag_run_id"] == nil ? "run_id" : "dag_run_id", "") {
      key.add(id)
    } else {
      // `airflow tasks states-for-dag-run` outputs neither the run nor the try.
      let name: StaticString = value["logical_date"] == nil ? "execution_date" : "logical_date"
      guard let date = try value.moment(name, "") else {
        throw TelemetryFault("it has neither `dag_run_id` nor `logical_date`, so it cannot be identified")
      }
      key.add("logical date")
      key.add(date)
    }
    key.add(task)
    key.add(place)
    key.add(number ?? 0)
    report.read += 1
    let isKnown = fold.runs.hasRow(of: key.value)
    let isNew = fold.withAirflowTask(task, of: dag, moment: run.moment) { name, row, isNewer in
      fold.pipelines.put(row, PipelineColumn.kind, text: value.anyText("operator"), over: isNewer)
      guard let row = run.add(key, of: name, dag: dag, to: fold) else { return false }
      if let number, number > 0 { fold.runs.put(row, RunColumn.attempt, number, over: false) }
      return true
    }
    if !isNew { report.unused += 1 } else if isKnown { report.folded += 1 }
  }
}

extension TelemetryMerge {
  /// The row of a DAG.
  @discardableResult
  func airflowDag(_ dag: Bytes, moment: Int64) -> (row: Int, isNewer: Bool) {
    let place = pipeline(dag, moment: moment)
    pipelines.put(place.row, PipelineColumn.source, text: dag, over: place.isNewer)
    pipelines.put(place.row, PipelineColumn.kind, texts.number(of: "dag"), over: place.isNewer)
    return place
  }

  /// A task is called `DAG.TASK`, and runs as part of its DAG.
  func withAirflowTask<Result>(
    _ task: Bytes, of dag: Bytes, moment: Int64, _ body: (_ name: Bytes, _ row: Int, _ isNewer: Bool) -> Result
  ) -> Result {
    airflowDag(dag, moment: moment)
    return withPart(task, of: dag, separator: UInt8(ascii: "."), moment: moment) { name, row, isNewer in
      pipelines.put(row, PipelineColumn.source, text: dag, over: isNewer)
      return body(name, row, isNewer)
    }
  }
}
