import PlumbEngine

/// Merges events into runs by run id, in whatever order they arrive and however many a run has.
extension FileReading {
  func readOpenLineageEvent(_ value: DynamicCursor) throws {
    // An event about a dataset alone has neither.
    if value["job"] == nil, value["run"] == nil, value["dataset"] != nil {
      report.read += 1
      report.unused += 1
      return
    }
    let event = try OpenLineageEvent(value)
    for (fault, part) in event.faults { try reject(fault, part: part) }
    report.read += 1
    let before = fold.runs.count
    event.job.withBytes { fold.add(event, job: $0) }
    if event.run == nil { report.unused += 1 } else if fold.runs.count == before { report.folded += 1 }
  }
}

extension TelemetryMerge {
  fileprivate func add(_ event: OpenLineageEvent, job: Bytes) {
    let (place, isNewer) = pipeline(job, moment: event.moment)
    pipelines.put(place, PipelineColumn.source, text: event.namespace, over: isNewer)
    pipelines.put(place, PipelineColumn.owner, text: event.owner, over: isNewer)
    event.jobKind?.withBytes { pipelines.put(place, PipelineColumn.kind, text: $0, over: isNewer) }
    if let start = event.nominalStart, let end = event.nominalEnd, end > start {
      // A nominal end is the nominal start of the next run.
      var text = ByteBuffer()
      text.append("every " as StaticString)
      TimeSpan.print(end &- start, to: &text)
      text.withBytes { pipelines.put(place, PipelineColumn.schedule, text: $0, over: isNewer) }
    }
    event.parentJob?.withBytes { parent in
      guard !parent.equals(job) else { return }
      _ = pipeline(parent, moment: TelemetryMerge.unknownMoment)
      edge(from: parent, to: job, kind: "parent")
    }
    for (list, isOutput) in [(event.inputs, false), (event.outputs, true)] {
      for name in list.flatMap(\.names) { name.withBytes { note(job, dataset: $0, isOutput: isOutput) } }
    }
    if let run = event.run { add(event, run: run, job: job) }
  }

  private func add(_ event: OpenLineageEvent, run id: Bytes, job: Bytes) {
    var key = NaturalKey()
    key.add("openlineage")
    key.add(id)
    let (row, isNewer) = run(key.value, pipeline: job, state: event.type.state, moment: event.moment)
    runs.put(row, RunColumn.source, text: event.namespace, over: isNewer)
    switch event.type {
    case .start: runs.lower(row, RunColumn.started, to: event.moment)
    case .complete, .abort, .fail: runs.raise(row, RunColumn.ended, to: event.moment)
    case .running, .other: break
    }
    if let start = event.nominalStart, let end = event.nominalEnd, event.type == .start,
      (start..<max(start, end)).contains(event.moment)
    {
      // Later starts belong to schedulers that run an interval when it is over: their delay is unknown.
      runs.put(row, RunColumn.queueDelay, event.moment &- start, over: isNewer)
    }
    runs.put(row, RunColumn.recordsIn, sum(event.inputs.map(\.rows)), over: isNewer)
    runs.put(row, RunColumn.recordsOut, sum(event.outputs.map(\.rows)), over: isNewer)
    runs.put(row, RunColumn.bytes, sum(event.outputs.map(\.bytes)), over: isNewer)
    guard let message = event.message else { return }
    var facts = ErrorFacts(message: message)
    facts.details = details(event, run: id)
    error(facts, ofRun: row, at: event.moment, isNewer: isNewer)
  }

  /// The sum of the known counts; nil if none is known.
  private func sum(_ counts: [Int64?]) -> Int64? {
    counts.reduce(nil) { total, count in count.map { (total ?? 0) &+ $0 } ?? total }
  }

  private func details(_ event: OpenLineageEvent, run: Bytes) -> ByteBuffer {
    var out = ByteBuffer()
    let mark = out.beginObject()
    var count = 0
    func add(_ key: StaticString, _ text: Bytes?) {
      guard let text else { return }
      out.appendKey(key)
      out.appendString(text)
      count += 1
    }
    add("run_id", run)
    add("parent_run_id", event.parentRun)
    add("language", event.language)
    add("stack_trace", event.stackTrace)
    out.end(mark, count: count)
    return out
  }
}
