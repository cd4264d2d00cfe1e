import PlumbEngine

/// What Azure Data Factory says about a run of a pipeline or of an activity, checked before anything is done with it.
private struct DataFactoryRun {
  /// Nil while it is queued.
  var state: RunState?
  var started: Int64?
  var ended: Int64?
  var duration: Int64?
  var moment: Int64
  var isTimeout = false
  var message: Bytes?
  var code: Bytes?
  var failureType: Bytes?

  init(_ run: DynamicCursor) throws(TelemetryFault) {
    let status = try run.requiredText(run.spelling("status", "Status"), "")
    switch String(status).lowercased() {
    case "succeeded": state = .succeeded
    case "failed": state = .failed
    case "timedout":
      state = .failed
      isTimeout = true
    case "inprogress", "canceling", "cancelling": state = .running
    case "cancelled", "canceled": state = .cancelled
    case "skipped", "inactive": state = .skipped
    case "queued", "waiting": state = nil
    default: throw TelemetryFault("`status` is `\(shown(status))`, which Plumb does not know")
    }
    started = try run.momentSince1900(
      run.spelling("runStart", "activityRunStart", "start", "RunStart", "ActivityRunStart", "Start"))
    ended = try run.momentSince1900(run.spelling("runEnd", "activityRunEnd", "end", "RunEnd", "ActivityRunEnd", "End"))
    let seen = try run.momentSince1900(run.spelling("lastUpdated", "time", "LastUpdated", "TimeGenerated"))
    moment = seen ?? ended ?? started ?? TelemetryMerge.unknownMoment
    if let milliseconds = try run.count(run.spelling("durationInMs", "DurationInMs"), ""),
      (0..<Int64.max / 10_000).contains(milliseconds)
    {
      duration = milliseconds &* 10_000
    }
    code = run.anyText("ErrorCode")
    message = run.anyText("message") ?? run.anyText("Message") ?? run.anyText("ErrorMessage")
    failureType = run.anyText("FailureType")
  }

  /// The row of the run; nil while it is queued.
  func add(_ id: Bytes, of pipeline: Bytes, factory: String?, details: ByteBuffer, to fold: TelemetryMerge) -> Int? {
    guard let state else { return nil }
    let runs = fold.runs
    let (row, isNewer) = fold.run(DataFactoryRun.key(id).value, pipeline: pipeline, state: state, moment: moment)
    factory?.withUTF8Bytes { runs.put(row, RunColumn.source, text: $0, over: isNewer) }
    runs.lower(row, RunColumn.started, to: started)
    if state.isFinal { runs.raise(row, RunColumn.ended, to: ended) }
    if state.isFinal, state != .skipped { runs.put(row, RunColumn.statedDuration, duration, over: isNewer) }
    guard state == .failed, let message = stated(message) else { return row }
    var facts = TelemetryMerge.ErrorFacts(message: message)
    facts.code = stated(code) ?? .empty
    if isTimeout { facts.category = "timeout" }
    facts.details = details
    fold.error(facts, ofRun: row, at: ended ?? moment, isNewer: isNewer)
    return row
  }

  static func key(_ id: Bytes) -> NaturalKey {
    var key = NaturalKey()
    key.add("adf")
    key.add(id)
    return key
  }
}

/// Logs write missing values as `null`.
private func stated(_ text: Bytes?) -> Bytes? {
  guard let text, !text.isEmpty, String(text) != "null" else { return nil }
  return text
}

extension FileReading {
  func readDataFactoryPipelineRun(_ value: DynamicCursor) throws(TelemetryFault) {
    let id = try value.requiredText(value.spelling("runId", "RunId"), "")
    let name = try value.requiredText(value.spelling("pipelineName", "PipelineName"), "")
    var run = try DataFactoryRun(value)
    let properties = value["properties"]
    run.message = run.message ?? properties?.anyText("Message") ?? properties?.anyText("ErrorMessage")
    let invoker = try value.object(value.spelling("invokedBy", "InvokedBy"), "")
    report.read += 1
    let isKnown = fold.runs.hasRow(of: DataFactoryRun.key(id).value)
    let factory = value.factory
    fold.dataFactoryPipeline(name, factory: factory, moment: run.moment)
    if let other = invoker?.anyText("pipelineName") ?? invoker?.anyText("PipelineName") {
      fold.dataFactoryPipeline(other, factory: nil, moment: TelemetryMerge.unknownMoment)
      fold.edge(from: other, to: name, kind: "parent")
    }
    let details = Self.details([("run_id", id), ("failure_type", stated(run.failureType))])
    guard run.add(id, of: name, factory: factory, details: details, to: fold) != nil else { return report.unused += 1 }
    if isKnown { report.folded += 1 }
  }

  func readDataFactoryActivityRun(_ value: DynamicCursor) throws(TelemetryFault) {
    let id = try value.requiredText(value.spelling("activityRunId", "ActivityRunId"), "")
    let pipeline = try value.requiredText(value.spelling("pipelineName", "PipelineName"), "")
    let activity = try value.requiredText(value.spelling("activityName", "ActivityName"), "")
    var run = try DataFactoryRun(value)
    let properties = value["properties"]
    var target: Bytes?
    // Kept as long as the texts in them are used.
    let error = value.embedded("error", "Error") ?? properties?.embedded("Error", "error")
    let output = value.embedded("output", "Output") ?? properties?.embedded("Output", "output")
    let none = ByteBuffer()
    try (error ?? none).withCursorBytes { bytes throws(TelemetryFault) in
      if !bytes.isEmpty {
        let error = DynamicCursor(bytes)
        run.message = error.anyText("message") ?? run.message
        run.code = error.anyText("errorCode") ?? run.code
        run.failureType = error.anyText("failureType") ?? run.failureType
        target = error.anyText("target")
      }
      let details = Self.details([
        ("activity_run_id", id), ("pipeline_run_id", value.anyText(value.spelling("pipelineRunId", "PipelineRunId"))),
        ("failure_type", stated(run.failureType)), ("target", stated(target)),
      ])
      // A first try has null as its number; logs have no such field.
      let retries = try value.count(value.spelling("retryAttempt", "RetryAttempt"), "")
      let isCounted = value.has("retryAttempt") || value.has("RetryAttempt")
      report.read += 1
      let isKnown = fold.runs.hasRow(of: DataFactoryRun.key(id).value)
      let factory = value.factory
      fold.dataFactoryPipeline(pipeline, factory: factory, moment: run.moment)
      let row = fold.withDataFactoryActivity(activity, of: pipeline, factory: factory, moment: run.moment) { name, row, isNewer in
        let kind = value.anyText(value.spelling("activityType", "ActivityType"))
        fold.pipelines.put(row, PipelineColumn.kind, text: kind, over: isNewer)
        return run.add(id, of: name, factory: factory, details: details, to: fold)
      }
      guard let row else { return report.unused += 1 }
      if isKnown { report.folded += 1 }
      if isCounted { fold.runs.put(row, RunColumn.attempt, (retries ?? 0) &+ 1, over: false) }
      (output ?? none).withBytes { if !$0.isEmpty { addMeasures(DynamicCursor($0), row, run.moment) } }
    }
  }

  /// What a copy activity says about what it read and wrote.
  private func addMeasures(_ output: DynamicCursor, _ row: Int, _ moment: Int64) {
    let isNewest = fold.runs[row, RunColumn.seen] == moment
    func count(_ name: StaticString) -> Int64? {
      guard let value = output[name], value.tag == .long, value.int64 >= 0 else { return nil }
      return value.int64
    }
    fold.runs.put(row, RunColumn.recordsIn, count("rowsRead"), over: isNewest)
    fold.runs.put(row, RunColumn.recordsOut, count("rowsCopied"), over: isNewest)
    fold.runs.put(row, RunColumn.malformed, count("rowsSkipped"), over: isNewest)
    fold.runs.put(row, RunColumn.bytes, count("dataWritten"), over: isNewest)
    fold.runs.put(row, RunColumn.queueDelay, output["durationInQueue"]?.seconds("integrationRuntimeQueue"), over: isNewest)
  }

  private static func details(_ members: [(StaticString, Bytes?)]) -> ByteBuffer {
    var out = ByteBuffer()
    let mark = out.beginObject()
    var count = 0
    for (name, text) in members {
      guard let text, !text.isEmpty else { continue }
      out.appendKey(name)
      out.appendString(text)
      count += 1
    }
    out.end(mark, count: count)
    return out
  }
}

extension TelemetryMerge {
  /// The row of a pipeline.
  @discardableResult
  func dataFactoryPipeline(_ name: Bytes, factory: String?, moment: Int64) -> (row: Int, isNewer: Bool) {
    let place = pipeline(name, moment: moment)
    pipelines.put(place.row, PipelineColumn.kind, texts.number(of: "pipeline"), over: place.isNewer)
    factory?.withUTF8Bytes { pipelines.put(place.row, PipelineColumn.source, text: $0, over: place.isNewer) }
    return place
  }

  /// An activity is called `PIPELINE/ACTIVITY`, since neither name contains a slash, and runs as part of its pipeline.
  func withDataFactoryActivity<Result>(
    _ activity: Bytes, of pipeline: Bytes, factory: String?, moment: Int64,
    _ body: (_ name: Bytes, _ row: Int, _ isNewer: Bool) -> Result
  ) -> Result {
    withPart(activity, of: pipeline, separator: UInt8(ascii: "/"), moment: moment) { name, row, isNewer in
      factory?.withUTF8Bytes { pipelines.put(row, PipelineColumn.source, text: $0, over: isNewer) }
      return body(name, row, isNewer)
    }
  }
}
