import PlumbEngine

/// What the runs say about each pipeline, as of the newest moment in the telemetry.
///
/// - `status` and `last_run` both refer to the last run that was not skipped, or to the last one if all were.
/// - Note: not as of now: the same telemetry then always produces the same table.
struct PipelineSummaries {
  fileprivate struct Summary {
    /// The newest run that was not skipped, or any if all were: its moment and its row.
    var lastMoment = Int64.min
    var lastKey = Int64.min
    var lastRow: Int?
    var lastIsSkipped = true
    /// When the last run was, if known.
    var lastRun: Int64? { lastMoment > TelemetryMerge.unknownMoment ? lastMoment : nil }
    var lastSuccess: Int64?
    var errorMoment = Int64.min
    var errorKey = Int64.min
    var error: Int64?
    var ended = 0
    var succeeded = 0
    var timed: Int64 = 0
    var duration: Int64 = 0
    var records: Int64?
    var schedule: Int64?
  }

  private var byName: [Int64: Summary] = [:]
  private var newest = Int64.min

  init(_ fold: TelemetryMerge) {
    let runs = fold.runs
    for row in 0..<runs.count {
      for column in [RunColumn.started, RunColumn.ended, RunColumn.seen] {
        newest = max(newest, runs[row, column] ?? .min)
      }
    }
    let words = Dictionary(uniqueKeysWithValues: RunState.allCases.map { (fold.texts.number(of: $0.rawValue), $0) })
    for row in 0..<runs.count {
      guard let name = runs[row, RunColumn.pipeline] else { continue }
      byName[name, default: Summary()].note(
        row, runs, state: runs[row, RunColumn.status].flatMap { words[$0] }, newest: newest)
    }
  }

  /// Writes what the runs say into the row of a pipeline.
  func describe(_ row: Int, in fold: TelemetryMerge) {
    let pipelines = fold.pipelines
    guard let name = pipelines[row, PipelineColumn.name], let summary = byName[name] else { return }
    let state = summary.lastRow.flatMap { fold.runs[$0, RunColumn.status] }
    pipelines[row, PipelineColumn.lastRun] = summary.lastRun
    let measured = pipelines[row, PipelineColumn.measured]
    let success = measured ?? summary.lastSuccess
    pipelines[row, PipelineColumn.lastSuccess] = success
    pipelines[row, PipelineColumn.lastError] = summary.error
    let freshness = newest > TelemetryMerge.unknownMoment ? success.map { max(0, newest &- $0) } : nil
    pipelines[row, PipelineColumn.freshness] = freshness
    if summary.ended > 0 {
      let rate = Double(summary.succeeded) / Double(summary.ended)
      pipelines[row, PipelineColumn.successRate] = Int64(bitPattern: rate.bitPattern)
    }
    pipelines[row, PipelineColumn.avgDuration] = summary.timed > 0 ? summary.duration / summary.timed : nil
    pipelines[row, PipelineColumn.records24h] = summary.records
    pipelines[row, PipelineColumn.status] = state
    guard let freshness, let sla = pipelines[row, PipelineColumn.sla], freshness > sla else { return }
    // A check of old data fails, which is what stale means; another failure is more informative.
    let failing = [RunState.running, .failed].map { fold.texts.number(of: $0.rawValue) }
    if let state, failing.contains(state), measured == nil { return }
    pipelines[row, PipelineColumn.status] = fold.texts.number(of: "stale")
  }
}

extension PipelineSummaries.Summary {
  mutating func note(_ row: Int, _ runs: RowStore, state: RunState?, newest: Int64) {
    let started = runs[row, RunColumn.started]
    let ended = runs[row, RunColumn.ended]
    let moment = started ?? ended ?? runs[row, RunColumn.seen] ?? .min
    let isSkipped = state == .skipped
    let key = runs.keys[row]
    // At the same moment the keys decide, so that the order of reading does not matter.
    if lastRow == nil || lastIsSkipped && !isSkipped
      || lastIsSkipped == isSkipped && (moment, key) > (lastMoment, lastKey)
    {
      (lastMoment, lastKey, lastRow, lastIsSkipped) = (moment, key, row, isSkipped)
    }
    if let message = runs[row, RunColumn.error], (moment, key) > (errorMoment, errorKey) {
      (errorMoment, errorKey, error) = (moment, key, message)
    }
    if let records = runs[row, RunColumn.recordsOut], let state, state.isFinal {
      let isRecent = (ended ?? moment) > newest &- 24 * TimeSpan.hour
      self.records = (self.records ?? 0) &+ (isRecent ? records : 0)
    }
    // A skipped run was not attempted.
    guard let state, state.isFinal, state != .skipped else { return }
    self.ended += 1
    guard state == .succeeded else { return }
    succeeded += 1
    if let end = ended ?? (moment > TelemetryMerge.unknownMoment ? moment : nil) { lastSuccess = max(lastSuccess ?? end, end) }
    if let span = runs[row, RunColumn.duration] {
      timed += 1
      duration = duration &+ span
    }
  }
}
